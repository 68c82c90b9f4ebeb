import CellCanvas
import Testing

@testable import Dashboard

struct SampleColumnsTests {
  private static let wanted = Dictionary(
    uniqueKeysWithValues: SampleColumn.allCases.map { ($0, 6 + $0.rawValue) })
  private static let least: [SampleColumn: Int] = [.sample: 4, .set: 4]

  @Test func `Lanes keep their order and their distance, and what matters most stays`() {
    for columns in 0...200 {
      let rect = CellRect(x: 3, y: 0, columns: columns, rows: 9)
      let lanes = SampleColumns(in: rect, wanted: Self.wanted, least: Self.least).lanes
      #expect(lanes.map(\.column.rawValue) == lanes.map(\.column.rawValue).sorted())
      for (left, right) in zip(lanes, lanes.dropFirst()) { #expect(left.x + left.columns < right.x) }
      #expect(lanes.allSatisfy { $0.x >= rect.x && $0.x + $0.columns <= max(rect.x, rect.maxX) })
      // A number without its end is another number.
      #expect(lanes.allSatisfy { Self.least[$0.column] != nil || $0.columns == Self.wanted[$0.column] })
      if columns >= 40 {
        #expect(Set(lanes.map(\.column)).isSuperset(of: [.sample, .divergence, .firstForgotten]))
      }
      if columns >= 120 { #expect(lanes.map(\.column) == SampleColumn.allCases) }
    }
  }

  @Test func `The column that the list is sorted by stays`() {
    for column in SampleColumn.allCases {
      let rect = CellRect(x: 0, y: 0, columns: 60, rows: 9)
      let lanes = SampleColumns(in: rect, wanted: Self.wanted, least: Self.least, sorted: column).lanes
      #expect(lanes.contains { $0.column == column })
    }
  }

  @Test(arguments: [
    (0, "0.000"), (0.00012, "0.0001"), (0.25, "0.250"), (9.99, "9.99"), (12.34, "12.3"), (345.6, "346"),
    (-0.5, "−0.500"), (1e9, "1e9"), (-9.9e307, "−1e308"), (123_456, "1e5"), (.infinity, "∞"), (.nan, "NaN"),
  ])
  func `Numbers of a column have few digits`(value: Double, text: String) {
    #expect(SampleCells.compact(value, .braille) == text)
    #expect(DisplayWidth.of(text) <= 6)
  }

  @Test func `Parts of the page of one sample fill it and do not overlap`() {
    for columns in stride(from: 1, through: 220, by: 9) {
      for rows in 1...70 {
        for target in [InspectionLayout.Target.none, .probability, .probabilityAndMargin] {
          let body = CellRect(x: 0, y: 2, columns: columns, rows: rows)
          let layout = InspectionLayout(body: body, target: target)
          let parts = [layout.sample, layout.divergence, layout.target, layout.margin].filter { !$0.isEmpty }
          #expect(parts.reduce(0) { $0 + $1.columns * $1.rows } == columns * rows)
          #expect(parts.allSatisfy { $0.y >= 2 && $0.maxY <= body.maxY && $0.maxX <= columns })
        }
      }
    }
  }
}
