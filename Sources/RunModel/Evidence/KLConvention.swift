/// What a logged KL turned out to be; the raw values stand in JSON output.
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
  /// `kl_div` got probabilities where it takes log-probabilities.
  case probabilitiesAsInput = "probabilities-as-input"
  /// `kl_div` got log-probabilities as target without `log_target`.
  case logTargetForgotten = "log-target-forgotten"
  /// `kl_div` got probabilities as target with `log_target`.
  case logTargetWronglySet = "log-target-wrongly-set"
  case k1
  case k2
  case k3
  /// Held at 0, or at ±10, row by row, token by token, or as a mean.
  case clamped
  /// Logits divided by a temperature.
  case temperature
  /// Dropout and batch statistics were on in the policy.
  case policyInTrainMode = "policy-in-train-mode"
  /// The reference is not the same model at every step.
  case referenceDrifts = "reference-drifts"
  /// None of the known conventions.
  case none
}
