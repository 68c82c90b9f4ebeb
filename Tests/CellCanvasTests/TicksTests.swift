import CellCanvas
import TestSupport
import Testing

@Suite struct TicksTests {
  @Test func `Steps far from zero are not a row of zeros`() {
    let labels = Ticks.horizontal(1e12...1e12 + 4000, kind: .integer, columns: 80).map(\.label)
    #expect(labels.first == "1T")
    #expect(labels.contains("1000000001k"), "what is no round number is told in full")
    #expect(
      Ticks.horizontal(0...4e12, kind: .integer, columns: 50).map(\.label) == [
        "0", "1000G", "2000G", "3000G", "4000G",
      ])
  }

  @Test func `Ticks of a linear axis are round numbers`() {
    #expect(
      Ticks.horizontal(0...400, kind: .integer, columns: 60).map(\.label) == [
        "0", "100", "200", "300", "400",
      ])
    #expect(Ticks.vertical(0.2...2.3, rows: 10).map(\.label) == ["0.5", "1.0", "1.5", "2.0"])
    #expect(Ticks.vertical(0...0.3, rows: 7).map(\.label) == ["0.0", "0.1", "0.2", "0.3"])
    #expect(
      Ticks.horizontal(0...1_000_000, kind: .integer, columns: 50).map(\.label) == [
        "0", "200k", "400k", "600k", "800k", "1000k",
      ])
    #expect(Ticks.vertical(0...3e-5, rows: 9).map(\.label) == ["0", "1e-05", "2e-05", "3e-05"])
  }

  @Test func `Ticks of a logarithmic axis are decades`() {
    #expect(
      Ticks.vertical(1e-6...1, scale: .logarithmic, rows: 14).map(\.label) == [
        "1e-06", "1e-05", "1e-04", "0.001", "0.01", "0.1", "1",
      ])
    #expect(
      Ticks.vertical(0.5...30, scale: .logarithmic, rows: 20).map(\.label) == [
        "0.5", "1", "2", "5", "10", "20",
      ])
    #expect(Ticks.vertical(2...3, scale: .logarithmic, rows: 9).map(\.label).first == "2.0")
  }

  @Test func `Ticks of a duration are those of a clock`() {
    #expect(
      Ticks.horizontal(0...600, kind: .duration, columns: 60).map(\.label) == [
        "0s", "2m", "4m", "6m", "8m", "10m",
      ])
  }

  @Test func `An axis of one value has one tick, one without place none`() {
    #expect(Ticks.vertical(3...3, rows: 5).map(\.cell) == [2])
    #expect(Ticks.vertical(0...3, scale: .logarithmic, rows: 5).isEmpty)
    #expect(Ticks.vertical(0...(.infinity), rows: 5).isEmpty)
    #expect(Ticks.vertical(0...1, rows: 0).isEmpty)
    #expect(Ticks.horizontal(0...1, columns: 0).isEmpty)
  }

  @Test(arguments: UInt64(1)...400)
  func `Labels never overlap, differ, and lie on the axis`(seed: UInt64) throws {
    var generator = SplitMix64(seed: seed)
    let (range, scale, kind) = axis(&generator)
    let cells = Int.random(in: 1...200, using: &generator)
    for (ticks, gap) in [
      (Ticks.horizontal(range, scale: scale, kind: kind, columns: cells), 3),
      (Ticks.vertical(range, scale: scale, kind: kind, rows: cells), 1),
    ] {
      let context: Comment = "seed \(seed): \(range) \(scale) \(kind) in \(cells): \(ticks.map(\.label))"
      #expect(
        ticks.allSatisfy { $0.labelCells.lowerBound >= 0 && $0.labelCells.upperBound <= cells }, context)
      #expect(ticks.allSatisfy { (0..<cells).contains($0.cell) }, context)
      // A clock shows the same time every day.
      if kind != .clock { #expect(Set(ticks.map(\.label)).count == ticks.count, context) }
      let covered = ticks.map(\.labelCells).sorted { $0.lowerBound < $1.lowerBound }
      #expect(zip(covered, covered.dropFirst()).allSatisfy { $0.upperBound + gap <= $1.lowerBound }, context)
      #expect(zip(ticks, ticks.dropFirst()).allSatisfy { $0.value < $1.value }, context)
    }
    let roomy = Ticks.horizontal(range, scale: scale, kind: kind, columns: 120)
    #expect(roomy.count >= 2, "seed \(seed): \(range) \(scale) \(kind): \(roomy.map(\.label))")
  }

  private func axis(_ generator: inout SplitMix64) -> (ClosedRange<Double>, AxisScale, TickKind) {
    let scale = AxisScale.allCases.randomElement(using: &generator) ?? .linear
    let kind = scale == .linear ? TickKind.allCases.randomElement(using: &generator) ?? .number : .number
    let size = power(Int.random(in: kind == .number ? -12...12 : 1...7, using: &generator))
    if scale == .logarithmic {
      let low = size * Double.random(in: 1..<10, using: &generator)
      return (low...low * power(Int.random(in: 0...15, using: &generator)) * 1.5, scale, kind)
    }
    let low = kind == .number ? Double.random(in: -1...1, using: &generator) * size : 0
    return (low...low + size * Double.random(in: 0.1...10, using: &generator), scale, kind)
  }

  private func power(_ exponent: Int) -> Double { Double("1e\(exponent)") ?? 1 }

  @Test(arguments: AxisScale.allCases)
  func `A position and its value are inverses`(scale: AxisScale) throws {
    let range = 0.001...1000.0
    for position in stride(from: 0.0, through: 1, by: 0.125) {
      let value = try #require(scale.value(at: position, in: range))
      let back = try #require(scale.position(of: value, in: range))
      #expect(abs(back - position) < 1e-12)
    }
  }

  @Test func `What has no place has no position`() {
    #expect(AxisScale.linear.position(of: .nan, in: 0...1) == nil)
    #expect(AxisScale.linear.position(of: .infinity, in: 0...1) == nil)
    #expect(AxisScale.logarithmic.position(of: 0, in: 1...10) == nil)
    #expect(AxisScale.logarithmic.position(of: -1, in: 1...10) == nil)
    #expect(AxisScale.linear.position(of: 2, in: 2...2) == 0.5)
    #expect(AxisScale.linear.position(of: 1.6e308, in: -1.6e308...1.6e308) == 1)
  }
}
