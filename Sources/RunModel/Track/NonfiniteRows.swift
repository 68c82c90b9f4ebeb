/// Rows of a step whose divergence is NaN, or infinite without masks that differ.
package struct NonfiniteRows: Sendable, Hashable {
  private(set) var nan = 0
  private(set) var infinite = 0

  init() {}

  init(_ rows: [MeasuredRow]) {
    for row in rows {
      let values = [row.policyReference, row.referencePolicy]
      if values.contains(where: \.isNaN) {
        nan += 1
      } else if !row.masksDiffer, values.contains(where: \.isInfinite) {
        infinite += 1
      }
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
