package import Divergence

/// The rows of one sample of one record, measured: one row, or one for each token position the mask leaves.
package struct MeasuredSample: Sendable {
  package var name: SampleName
  /// Divergence of each counted row.
  package var rows: [RowDivergence]
  /// Token position of each counted row.
  package var positions: [Int]
  /// What each counted row looked like, for the probability bars; empty once it was let go to save memory.
  package var pictures: [RowPicture]

  package init(name: SampleName, rows: [RowDivergence], positions: [Int], pictures: [RowPicture]) {
    self.name = name
    self.rows = rows
    self.positions = positions
    self.pictures = pictures
  }

  /// Mean of D(policy‖reference) over the counted rows, NaN without rows.
  package var meanPolicyReference: Double { Self.mean(rows, of: \.policyReference) }

  /// Mean of D(reference‖policy) over the counted rows, NaN without rows.
  package var meanReferencePolicy: Double { Self.mean(rows, of: \.referencePolicy) }

  private static func mean(_ rows: [RowDivergence], of value: KeyPath<RowDivergence, Double>) -> Double {
    rows.reduce(0) { $0 + $1[keyPath: value] } / Double(rows.count)
  }
}
