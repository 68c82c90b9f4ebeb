/// What a logged KL turned out to be, or one part of it; the raw values stand in JSON output.
package enum KLConvention: String, Sendable, Hashable, CaseIterable {
  /// D(π_θ‖π_θ0), nats, mean over rows: the right one.
  case policyReferenceBatchmean = "policy_reference/batchmean"
  /// Divided by V as well.
  case policyReferenceMean = "policy_reference/mean"
  case policyReferenceSum = "policy_reference/sum"
  case policyReferenceBits = "policy_reference/bits"
  /// `batchmean` on `[B,T,V]`, which divides by B alone.
  case policyReferencePerSequence = "policy_reference/per_sequence"
  case referencePolicyBatchmean = "reference_policy/batchmean"
  case referencePolicyMean = "reference_policy/mean"
  case referencePolicySum = "reference_policy/sum"
  case referencePolicyBits = "reference_policy/bits"
  case referencePolicyPerSequence = "reference_policy/per_sequence"

  // Another quantity.
  /// `kl_div` got probabilities where it takes log-probabilities.
  case probabilitiesAsInput = "probabilities-as-input"
  /// `kl_div` got log-probabilities as target without `log_target`.
  case logTargetForgotten = "log-target-forgotten"
  /// `kl_div` got probabilities as target with `log_target`.
  case logTargetWronglySet = "log-target-wrongly-set"
  case crossEntropy = "cross-entropy"
  case labelLoss = "loss-of-labels"
  case entropy
  case jensenShannon = "jensen-shannon"
  case symmetric
  case negative
  case topKRenormalised = "top-k-renormalised"
  case topKPart = "top-k-part"
  /// Entries of the sum held at 0.
  case elementsClamped = "elements-clamped"
  /// Held at 0, or at ±10, row by row, token by token, or as a mean.
  case clamped
  /// Logits divided by a temperature.
  case temperature
  case halfPrecision = "half-precision"
  case softmaxOverTime = "softmax-over-time"
  case softmaxOverBatch = "softmax-over-batch"

  // Estimates.
  case k1
  case k2
  case k3
  case k1OfLabels = "k1-of-labels"
  case k2OfLabels = "k2-of-labels"
  case k3OfLabels = "k3-of-labels"

  // Other rows.
  case maskForgotten = "mask-forgotten"
  case maskInverted = "mask-inverted"
  case maskShifted = "mask-shifted"
  case promptIncluded = "prompt-included"
  case paddingIncluded = "padding-included"
  case firstSequence = "first-sequence"
  case lastSequence = "last-sequence"
  case firstTokens = "first-tokens"
  case lastTokens = "last-tokens"
  case firstBatch = "first-batch"
  case anotherBatch = "another-batch"
  case tokensShifted = "tokens-shifted"
  case otherSequences = "other-sequences"

  // Another weighting.
  case sequenceMeans = "mean-of-sequence-means"
  case maskedRowsCounted = "masked-rows-counted"
  case maximum
  /// A constant multiple: a weight, or a sum over ranks.
  case multiplied
  /// A whole part: steps of accumulation.
  case divided

  // Other steps.
  case oneEvaluationLate = "one-evaluation-late"
  case oneEvaluationEarly = "one-evaluation-early"
  case stale
  case constant
  case zero
  case runningMean = "running-mean"
  case movingAverage = "moving-average"

  // Other models.
  /// Dropout and batch statistics were on in the policy.
  case policyInTrainMode = "policy-in-train-mode"
  /// The reference is not the same model at every step.
  case referenceDrifts = "reference-drifts"
  /// The reference is the policy at the evaluation before.
  case previousCheckpoint = "previous-checkpoint"

  /// As far from the rows of the log as other rows of the same kind would be: nothing is claimed.
  case otherRows = "other-rows"
  /// None of the known conventions.
  case none

  /// True for a choice of other rows than the mask leaves: two of them may be the same rows.
  package var isRowChoice: Bool {
    switch self {
    case .maskForgotten, .maskInverted, .maskShifted, .promptIncluded, .paddingIncluded, .firstSequence,
      .lastSequence, .firstTokens, .lastTokens:
      true
    default: false
    }
  }
}
