/// Rows of a step whose divergence is NaN, or infinite without masks that differ.
package struct NonfiniteRows: Sendable, Hashable {
  private(set) var nan = 0
  private(set) var infinite = 0

  init() {}

  mutating func add(_ row: RowEvidence) {
    if row.policyReference.isNaN || row.referencePolicy.isNaN {
      nan += 1
    } else if !row.masksDiffer, row.policyReference.isInfinite || row.referencePolicy.isInfinite {
      infinite += 1
    }
  }

  /// Rows that no mask explains.
  package var unexplained: Int { nan + infinite }

  /// `2 rows NaN`, `1 row NaN, 3 rows infinite`.
  package var text: String {
    [(nan, "NaN"), (infinite, "infinite")].filter { $0.0 > 0 }
      .map { "\($0.0) \($0.0 == 1 ? "row" : "rows") \($0.1)" }.joined(separator: ", ")
  }
}
