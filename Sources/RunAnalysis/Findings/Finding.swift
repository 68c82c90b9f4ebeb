/// Something about a run that a user should know, said once for each series it is about.
package struct Finding: Sendable, Hashable {
  package enum Severity: String, Sendable, Hashable, CaseIterable {
    case error
    case warning
    case note
  }

  package var severity: Severity
  package var code: FindingCode
  /// What it is about: a metric key or a probe; `nil` where it is about the run.
  package var series: String?
  /// First step it holds at.
  package var step: Int
  /// How often it holds.
  package var count: Int
  /// One sentence a user can act on.
  package var message: String
  /// The step from which on it holds no more; `nil` while it holds.
  package var recoveredAt: Int?
}

/// Every kind of finding, by the code that stands in JSON output; causes before what follows from them.
package enum FindingCode: String, Sendable, Hashable, CaseIterable {
  case negativeKLSign = "negative-kl-sign"
  case nonfiniteLoss = "nonfinite-loss"
  case nonfiniteKL = "nonfinite-kl"
  case forgetting
  case differentMasks = "different-masks"
  case nonfiniteDivergence = "nonfinite-divergence"
  case referenceInTrainMode = "reference-in-train-mode"
  case referenceDrifts = "reference-drifts"
  case evaluationInTrainMode = "eval-in-train-mode"
  case trainingInEvalMode = "train-in-eval-mode"
  case trainingWithoutGradients = "train-without-gradients"
  case klAtStepZero = "kl-at-step-0"
  case klNotZeroAtStart = "kl-not-zero-at-start"
  case negativeKL = "negative-kl"
  case loggedKLConvention = "logged-kl-convention"
  case loggedKLDiffers = "logged-kl-differs"
  case objectiveDiffers = "objective-differs"
  case budgetSpent = "budget-spent"
  case budgetUnknown = "budget-unknown"
  case divergenceRisesAtFlatLoss = "divergence-rises-at-flat-loss"
  case engineMismatch = "engine-mismatch"
  case entropyCollapse = "entropy-collapse"
  case heavyTailedK3 = "heavy-tailed-k3"
  case tokensNotFromPolicy = "tokens-not-from-policy"
  case unusableDistribution = "unusable-distribution"
  case referenceWithGradients = "reference-with-gradients"
  case evaluationWithGradients = "eval-with-gradients"
  case twoWriters = "two-writers"
  case stalled
  case checkpointUnknown = "checkpoint-unknown"
  case logitsWithoutReference = "logits-without-reference"
  case retentionAtRisk = "retention-at-risk"
  case retentionLossRises = "retention-loss-rises"
  case changePoint = "change-point"
}

extension FindingCode {
  /// How bad it is.
  package var severity: Finding.Severity { rule.severity }

  /// What is wrong, as the documentation says it.
  package var meaning: String { rule.meaning }

  /// Place in the order of the rules.
  var rank: Int { Self.ranks[self] ?? 0 }

  private var rule: FindingRule { FindingRule.all[rank] }

  private static let ranks = Dictionary(
    uniqueKeysWithValues: FindingRule.all.enumerated().map { ($0.element.code, $0.offset) })
}

extension Finding.Severity {
  /// Order of display.
  var rank: Int {
    switch self {
    case .error: 0
    case .warning: 1
    case .note: 2
    }
  }
}
