import TestSupport
import Testing

@testable import Divergence

/// Against the standard library's sort, which compares values.
@Suite struct OrderedRowsTests {
  /// Values of many sizes: their digits differ in all places, or in a few.
  private static let kinds: [(name: String, value: @Sendable (inout SplitMix64) -> Double)] = [
    ("nats of rows", { Double(Float.random(in: 1e-3...0.5, using: &$0)) }),
    ("all sizes", { Double(sign: .plus, exponent: .random(in: -300...300, using: &$0), significand: 1.5) }),
    ("both signs", { .random(in: -1...1, using: &$0) }),
    (
      "few values",
      { [0, -0.0, 1, 2, .infinity, -.infinity, .leastNonzeroMagnitude].randomElement(using: &$0) ?? 0 }
    ),
  ]

  @Test(arguments: kinds.indices, [1, 255, 256, 480, 5000])
  func `Rows are in the order of size, however many there are`(kind: Int, count: Int) {
    var random = SplitMix64(seed: UInt64(count))
    let values = (0..<count).map { _ in Self.kinds[kind].value(&random) }
    let ordered = OrderedRows(values.span, nil).rows.map(\.value)
    #expect(ordered == values.sorted(), "\(Self.kinds[kind].name)")
    let statistics = RowStatistics(values.span)
    #expect(statistics.minimum == values.min() && statistics.maximum == values.max())
  }

  @Test func `Each row keeps its sample, and NaN is above all`() {
    var random = SplitMix64(seed: 7)
    var values = (0..<600).map { _ in Double.random(in: 0...1, using: &random) }
    for index in stride(from: 0, to: 600, by: 50) { values[index] = .nan }
    let samples = Array(0..<600)
    let rows = OrderedRows(values.span, samples.span).rows
    #expect(rows.suffix(12).allSatisfy { $0.value.isNaN } && !rows.dropLast(12).contains { $0.value.isNaN })
    #expect(rows.dropLast(12).allSatisfy { values[$0.sample] == $0.value })
    #expect(Set(rows.map(\.sample)).count == 600)
  }
}
