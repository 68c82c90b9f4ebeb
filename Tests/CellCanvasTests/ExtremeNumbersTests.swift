import CellCanvas
import TestSupport
import Testing

/// Everything that is drawn from numbers, from the smallest to the largest there are.
@Suite struct ExtremeNumbersTests {
  @Test(arguments: AxisScale.allCases)
  func `Every number has a place that can be counted in cells, or none`(scale: AxisScale) {
    let wrong = (ExtremeNumbers.ranges + ExtremeNumbers.neighbours()).filter { range in
      let ends = (
        scale.position(of: range.lowerBound, in: range), scale.position(of: range.upperBound, in: range)
      )
      let hasEnds = scale == .linear ? ends == (0, 1) : (ends.0 == nil) == (range.lowerBound <= 0)
      let beyond = [range.lowerBound.nextDown, 0, range.upperBound.nextUp, -1e308, 1e308, .nan, .infinity]
      let isOrdered = beyond.allSatisfy { value in
        guard let place = scale.position(of: value, in: range) else { return true }
        return place.magnitude <= AxisScale.farthest && (value <= range.upperBound || place >= 0.5)
          && (value >= range.lowerBound || place <= 0.5)
      }
      let middle = scale.value(at: 0.5, in: range)
      return !hasEnds || !isOrdered || (scale == .linear && middle.map { range.contains($0) } != true)
    }
    #expect(wrong.isEmpty)
  }

  @Test func `Halves of a range of denormals are halves`() {
    #expect(AxisScale.linear.position(of: .least, in: 0...(.least)) == 1)
    #expect(AxisScale.linear.position(of: .least, in: 0...(2 * .least)) == 0.5)
    #expect(AxisScale.linear.position(of: 0, in: -1.6e308...1.6e308) == 0.5)
  }

  @Test(arguments: AxisScale.allCases, TickKind.allCases)
  func `Every axis has a number, and none is beside it`(scale: AxisScale, kind: TickKind) {
    for range in ExtremeNumbers.ranges + ExtremeNumbers.neighbours(every: 61) {
      let vertical = Ticks.vertical(range, scale: scale, kind: kind, rows: 12)
      let horizontal = Ticks.horizontal(range, scale: scale, kind: kind, columns: 60)
      if scale == .logarithmic, range.lowerBound <= 0 {
        if !vertical.isEmpty || !horizontal.isEmpty { Issue.record("\(range) \(kind)") }
        continue
      }
      if vertical.isEmpty { Issue.record("\(range) \(kind)") }
      for (ticks, cells) in [(vertical, 12), (horizontal, 60)] {
        let isInside = ticks.allSatisfy { (0..<cells).contains($0.cell) && $0.value.isFinite }
        let isRising = zip(ticks, ticks.dropFirst()).allSatisfy { $0.value < $1.value }
        if !isInside || !isRising { Issue.record("\(range) \(kind): \(ticks.map(\.label))") }
      }
    }
  }

  @Test func `The largest range has round numbers, too`() {
    #expect(Ticks.vertical(-1.6e308...1.6e308, rows: 9).map(\.label) == ["-1e+308", "0", "1e+308"])
    #expect(Ticks.vertical(0...(6 * .least), rows: 9).map(\.label) == ["0", "1e-323", "2e-323", "3e-323"])
    let one = 1.0
    #expect(Ticks.vertical(one...one.nextUp, rows: 9).map(\.value) == [1])
  }

  @Test func `A number in few columns is another form of it, never a part of it`() throws {
    for value in ExtremeNumbers.all + [123_456_789_012, -123_456_789_012, 1_234_567.5, -0.00012345] {
      for columns in 1...14 {
        guard let text = NumberText.short(value, columns: columns) else {
          #expect(columns < 7, "\(value) in \(columns)")
          continue
        }
        #expect(text.count <= columns)
        let read = try #require(Double(text.replacing("∞", with: "inf")))
        // One digit is within a half of its last place; the largest number has no room above it.
        #expect(read.isInfinite || (read - value).magnitude <= value.magnitude / 2, "\(value) as \(text)")
      }
    }
  }

  @Test func `A bar fills its cells and no more`() {
    for glyphs in [GlyphSet.braille, .ascii] {
      for fraction in ExtremeNumbers.all + [.nan, .infinity, -.infinity] {
        var grid = CellGrid(size: CellSize(columns: 12, rows: 1), filledWith: Cell(glyph: "@"))
        HorizontalBar.draw(
          into: &grid, x: 1, y: 0, columns: 10, fraction: fraction, style: .text, glyphs: glyphs)
        let cells = (0..<12).map { grid.cell(x: $0, y: 0)?.glyph }
        #expect(cells.first == "@" && cells.last == "@" && !cells[1...10].contains("@"), "\(fraction)")
        if fraction >= 1 { #expect(cells[10] == glyphs.barSteps.last, "\(fraction)") }
      }
    }
  }

  @Test func `Durations, clocks and fixed numbers have a text for every number`() {
    for value in ExtremeNumbers.all + [.nan, .infinity, -.infinity] {
      for text in [
        DurationText.clock(value), DurationText.short(value), NumberText.fixed(value, decimals: 3),
        NumberText.signed(value, decimals: 3), NumberText.short(value, significant: 17),
      ] {
        #expect(!text.isEmpty)
      }
    }
  }
}

extension Double {
  /// 5e-324, a denormal: half of it is zero.
  fileprivate static let least = leastNonzeroMagnitude
}
