internal import Divergence

/// The rows of one sample of one record, measured: one row, or one for each token position the mask leaves.
package struct MeasuredSample: Sendable {
  package var name: SampleName
  package var rows: [MeasuredRow]
  /// What each row looked like, for the probability bars; empty once it was let go to save memory.
  package var pictures: [RowPicture]
  package var origin: SampleOrigin

  package init(
    name: SampleName, rows: [MeasuredRow], pictures: [RowPicture], origin: SampleOrigin = .log
  ) {
    self.name = name
    self.rows = rows
    self.pictures = pictures
    self.origin = origin
  }

  /// Mean of D(policy‖reference) over the rows, NaN without rows.
  package var meanPolicyReference: Double {
    rows.reduce(0) { $0 + $1.policyReference } / Double(rows.count)
  }
}

/// Where logits came from: of several sources of one sample the first of these counts.
package enum SampleOrigin: Int, Sendable, Hashable {
  /// They stand in the log itself.
  case log
  /// A record names their file.
  case namedFile
  /// A file of the run's `logits` folder.
  case folder
}

/// One row of logits of both models, measured; everything in nats.
package struct MeasuredRow: Sendable, Hashable {
  /// Token position, 0 where the sample is not a sequence.
  package var position: Int
  /// D(π_θ‖π_θ0).
  package var policyReference: Double
  /// D(π_θ0‖π_θ).
  package var referencePolicy: Double
  package var policyEntropy: Double
  package var referenceEntropy: Double
  /// Index of the likeliest entry of the policy, −1 where there is none.
  package var policyTop: Int
  /// Index of the likeliest entry of the reference, −1 where there is none.
  package var referenceTop: Int
  /// True where some entry is −∞ in exactly one of the models.
  package var masksDiffer: Bool
  /// Index of the right class, −1 where the log names none.
  package var target = -1
  /// Log-probability of the right class under each model, nats; NaN without one.
  package var policyTargetLogProbability = Double.nan
  package var referenceTargetLogProbability = Double.nan

  init(_ row: RowDivergence, position: Int) {
    self.position = position
    policyReference = row.policyReference
    referencePolicy = row.referencePolicy
    policyEntropy = row.policyEntropy
    referenceEntropy = row.referenceEntropy
    policyTop = row.policyArgmax
    referenceTop = row.referenceArgmax
    masksDiffer = row.masksDiffer
  }

  /// True where both models have the same likeliest entry.
  package var sameTop1: Bool { policyTop >= 0 && policyTop == referenceTop }

  /// True where the policy's likeliest entry is the right one.
  package var isCorrect: Bool { target >= 0 && policyTop == target }

  /// Notes the right class and its log-probability under each model.
  mutating func aim(at target: Int, policy: Double, reference: Double) {
    self.target = target
    policyTargetLogProbability = policy
    referenceTargetLogProbability = reference
  }
}
