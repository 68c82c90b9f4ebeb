package import Divergence

/// One row that was compared; everything in nats.
package struct ComparedRow: Sendable {
  /// Place among the rows of its prompt.
  let row: Int
  package let divergence: RowDivergence
  /// The right class, nil without one.
  let target: Int?
  /// Log-probability of the right class under each model, nil without one.
  package let targetLogProbabilities: (policy: Double, reference: Double)?
  /// The policy's margin of the right class, nats; NaN where nobody asked for it.
  var policyMargin = Double.nan
  /// Where torch's float32 (float64 for such logits) has 0·∞: P = 0 where the reference is −∞.
  package let givesNaNInTorch: Bool
}
