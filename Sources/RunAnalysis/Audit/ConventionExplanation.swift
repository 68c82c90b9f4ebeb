package import RunModel

/// What a convention is, and the sentence that mends it.
package struct ConventionExplanation: Sendable, Hashable {
  package var what: String
  /// Empty where there is nothing to mend.
  package var advice: String

  init(_ what: String, _ advice: String) { (self.what, self.advice) = (what, advice) }

  static let unexplained = ConventionExplanation(
    "none of the known conventions", "check that it is about the same rows as the logits")
}

extension AuditSentence {
  /// Every convention has one.
  package static func explanation(of convention: KLConvention) -> ConventionExplanation {
    explanations[convention] ?? .unexplained
  }

  private static let explanations: [KLConvention: ConventionExplanation] = [
    ConventionExplanation.divergences, ConventionExplanation.quantities, ConventionExplanation.estimates,
    ConventionExplanation.rows, ConventionExplanation.steps, ConventionExplanation.models,
  ].reduce(into: [:]) { all, some in all.merge(some) { first, _ in first } }
}

extension ConventionExplanation {
  private static let swapped =
    "the arguments are swapped, kl_div takes the reference's log-probabilities first"
  private static let useBatchmean = "use reduction=\"batchmean\""
  private static let useNats = "multiply by ln 2 for nats"
  private static let flatten = "batchmean divides [B,T,V] by B alone, flatten to [B·T,V] first"

  /// Both directions under every reduction.
  static let divergences: [KLConvention: ConventionExplanation] = [
    .policyReferenceBatchmean: ConventionExplanation(
      "D(policy‖reference), mean over rows, in nats", ""),
    .policyReferenceMean: ConventionExplanation(
      "D(policy‖reference) divided by the number of classes as well", useBatchmean),
    .policyReferenceSum: ConventionExplanation(
      "D(policy‖reference) summed over rows", useBatchmean),
    .policyReferenceBits: ConventionExplanation(
      "D(policy‖reference) in bits", useNats),
    .policyReferencePerSequence: ConventionExplanation(
      "D(policy‖reference) summed over the tokens of a sequence", flatten),
    .referencePolicyBatchmean: ConventionExplanation(
      "D(reference‖policy)", swapped),
    .referencePolicyMean: ConventionExplanation(
      "D(reference‖policy) divided by the number of classes as well", swapped + "; and " + useBatchmean),
    .referencePolicySum: ConventionExplanation(
      "D(reference‖policy) summed over rows", swapped + "; and " + useBatchmean),
    .referencePolicyBits: ConventionExplanation(
      "D(reference‖policy) in bits", swapped + "; and " + useNats),
    .referencePolicyPerSequence: ConventionExplanation(
      "D(reference‖policy) summed over the tokens of a sequence", swapped + "; and " + flatten),
  ]

  /// Other steps.
  static let steps: [KLConvention: ConventionExplanation] = [
    .oneEvaluationLate: ConventionExplanation(
      "the value of the evaluation before",
      "log it in the step it was measured at, not when the next one begins"),
    .oneEvaluationEarly: ConventionExplanation(
      "the value of the next evaluation", "log it under the step of the weights that it was measured with"),
    .stale: ConventionExplanation(
      "a value that is measured only now and then and logged again until the next time",
      "log it only where it was measured"),
    .constant: ConventionExplanation(
      "the same number at every step, though the models move apart",
      "measure it anew: the value was computed once, or logged from a variable that nothing changes"),
    .zero: ConventionExplanation(
      "0 at every step, though the models move apart",
      "the policy is compared with itself: make the reference a copy (copy.deepcopy), and pass its logits"),
    .runningMean: ConventionExplanation(
      "the mean of all evaluations so far", "reset the meter at each evaluation"),
    .movingAverage: ConventionExplanation(
      "a moving average of D(policy‖reference)", "log the value itself, and smooth where it is drawn"),
  ]

  /// Other models.
  static let models: [KLConvention: ConventionExplanation] = [
    .policyInTrainMode: ConventionExplanation(
      "measured with the policy in train mode",
      "its dropout and batch statistics are in the number; call policy.eval() first"),
    .referenceDrifts: ConventionExplanation(
      "measured against a reference that changes between steps",
      "freeze it: call reference.eval() once and never train(), and keep no average or alias of the policy as reference"
    ),
    .previousCheckpoint: ConventionExplanation(
      "the divergence from the policy of the evaluation before",
      "compare with the model that tuning started from, not with the last checkpoint"),
    .otherRows: ConventionExplanation(
      "as far from the rows of the log as other rows of the same kind may be",
      "nothing contradicts D(policy‖reference) over other rows than the log holds; log it beside exactly its rows to "
        + "have it checked"),
  ]
}
