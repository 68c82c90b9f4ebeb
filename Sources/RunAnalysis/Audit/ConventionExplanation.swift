package import RunModel

/// What a convention is, and the sentence that mends it.
package struct ConventionExplanation: Sendable {
  package var what: String
  /// Empty where there is nothing to mend.
  package var advice: String
}

extension AuditSentence {
  /// Every convention has one.
  package static func explanation(of convention: KLConvention) -> ConventionExplanation {
    let (what, advice) = texts(of: convention)
    return ConventionExplanation(what: what, advice: advice)
  }

  private static let swapped =
    "the arguments are swapped, kl_div takes the reference's log-probabilities first"
  private static let useBatchmean = "use reduction=\"batchmean\""
  private static let useNats = "multiply by ln 2 for nats"
  private static let flatten = "batchmean divides [B,T,V] by B alone, flatten to [B·T,V] first"
  private static let useMask =
    "take the mean over the rows that the mask leaves: (kl · mask).sum() / mask.sum()"

  private static func texts(of convention: KLConvention) -> (String, String) {
    switch convention {
    case .policyReferenceBatchmean: ("D(policy‖reference), mean over rows, in nats", "")
    case .policyReferenceMean: ("D(policy‖reference) divided by the number of classes as well", useBatchmean)
    case .policyReferenceSum: ("D(policy‖reference) summed over rows", useBatchmean)
    case .policyReferenceBits: ("D(policy‖reference) in bits", useNats)
    case .policyReferencePerSequence: ("D(policy‖reference) summed over the tokens of a sequence", flatten)
    case .referencePolicyBatchmean: ("D(reference‖policy)", swapped)
    case .referencePolicyMean:
      ("D(reference‖policy) divided by the number of classes as well", swapped + "; and " + useBatchmean)
    case .referencePolicySum: ("D(reference‖policy) summed over rows", swapped + "; and " + useBatchmean)
    case .referencePolicyBits: ("D(reference‖policy) in bits", swapped + "; and " + useNats)
    case .referencePolicyPerSequence:
      ("D(reference‖policy) summed over the tokens of a sequence", swapped + "; and " + flatten)
    default: quantity(convention) ?? rows(convention) ?? steps(convention) ?? models(convention)
    }
  }

  private static func quantity(_ convention: KLConvention) -> (String, String)? {
    switch convention {
    case .probabilitiesAsInput:
      ("kl_div with probabilities as input", "its first argument is the log_softmax of the reference")
    case .logTargetForgotten:
      (
        "kl_div with log-probabilities as target but without log_target, which gives NaN",
        "pass log_target=True, or probabilities as target"
      )
    case .logTargetWronglySet:
      (
        "kl_div with probabilities as target and log_target=True",
        "drop log_target, or pass log-probabilities"
      )
    case .crossEntropy:
      ("the cross entropy of the two models, not their divergence", "subtract the entropy of the first model")
    case .labelLoss:
      ("the loss of the policy on the labels", "log the divergence, not the cross entropy with the labels")
    case .entropy: ("the entropy of the policy", "log the divergence between the two models")
    case .jensenShannon:
      ("the Jensen–Shannon divergence", "compare the policy with the reference, not with the mean of both")
    case .symmetric:
      (
        "a symmetric KL of both directions",
        "log D(policy‖reference) alone, or both directions under names of their own"
      )
    case .negative: ("−D(policy‖reference)", "change the sign: a divergence is never negative")
    case .topKRenormalised:
      (
        "the divergence of renormalised top-k lists, which bounds nothing",
        "take the softmax over the whole vocabulary, or put the rest of the mass into one bucket for a lower bound"
      )
    case .topKPart:
      (
        "a part of the sum, over the likeliest entries alone",
        "sum over the whole vocabulary: a part may even be negative"
      )
    case .elementsClamped:
      (
        "the sum of the positive entries p·log(p/q) alone",
        "do not clamp entries: single entries are rightly negative, only their sum is not"
      )
    case .clamped: ("a clamped KL", "what lies beyond the bound is cut off")
    case .temperature: ("D(policy‖reference) of logits divided by a temperature", "measure at temperature 1")
    case .halfPrecision:
      (
        "D(policy‖reference) computed in half precision",
        "cast logits to float32 before log_softmax: logits.float().log_softmax(-1)"
      )
    case .softmaxOverTime:
      (
        "softmax over the positions of a sequence instead of the vocabulary",
        "use dim=-1, the axis of the vocabulary"
      )
    case .softmaxOverBatch:
      ("softmax over the batch instead of the vocabulary", "use dim=-1, the axis of the vocabulary")
    case .k1:
      (
        "k1, the mean log-ratio of sampled tokens",
        "unbiased on tokens of the policy alone, noisy, and can be negative: not the divergence itself"
      )
    case .k2:
      (
        "k2, half the mean squared log-ratio of sampled tokens",
        "biased: it is near the divergence only while the models are close"
      )
    case .k3:
      (
        "k3 of sampled tokens",
        "unbiased on tokens of the policy alone, but with a heavy tail: a few tokens may make most of it"
      )
    case .k1OfLabels:
      (
        "the mean log-ratio of the data's labels",
        "the labels are not the policy's samples: this is a difference of two losses, no divergence; sum over the vocabulary"
      )
    case .k2OfLabels:
      (
        "k2 of the data's labels",
        "the labels are not the policy's samples: sum over the vocabulary, or sample from the policy"
      )
    case .k3OfLabels:
      (
        "k3 of the data's labels",
        "the labels are not the policy's samples: sum over the vocabulary, or sample from the policy"
      )
    default: nil
    }
  }

  private static func rows(_ convention: KLConvention) -> (String, String)? {
    switch convention {
    case .maskForgotten: ("over all positions: the mask is forgotten", useMask)
    case .maskInverted:
      ("over the rows that the mask leaves out: the mask is inverted", "invert it; " + useMask)
    case .maskShifted:
      (
        "over the rows of a mask that is shifted by one position",
        "the row of position t predicts token t + 1: shift mask and labels alike, mask[:, 1:] with logits[:, :-1]"
      )
    case .promptIncluded: ("over the prompt as well", "mask the prompt: only the tokens of the answer count")
    case .paddingIncluded: ("over the padding as well", "mask the padding")
    case .firstSequence: ("over the first sequence of the batch alone", "take all sequences of the batch")
    case .lastSequence: ("over the last sequence alone", "take all sequences of the batch")
    case .firstTokens: ("over the first token of each sequence alone", "take all tokens that count")
    case .lastTokens: ("over the last token of each sequence alone", "take all tokens that count")
    case .firstBatch: ("of the first batch of the evaluation alone", "average over all batches")
    case .anotherBatch:
      ("of the last batch of the evaluation alone", "average over all batches, not the last value")
    case .tokensShifted:
      (
        "between rows of different tokens: one model's logits are shifted by one position",
        "cut the same position off both models' logits"
      )
    case .otherSequences:
      (
        "between rows of different sequences of the batch",
        "give both models the same sequences in the same order"
      )
    case .sequenceMeans:
      (
        "the mean of the means of sequences, which weighs tokens of short sequences more",
        "divide the sum over all tokens by the number of all tokens"
      )
    case .maskedRowsCounted:
      ("the sum over the rows that count divided by all positions, masked ones too", useMask)
    case .maximum: ("the maximum over rows", "take the mean, and log the maximum under a name of its own")
    case .multiplied:
      (
        "a constant multiple of D(policy‖reference)",
        "log it without a weight, and take the mean over ranks and batches, not the sum"
      )
    case .divided:
      ("a constant part of D(policy‖reference)", "log it before it is divided for accumulation")
    default: nil
    }
  }

  private static func steps(_ convention: KLConvention) -> (String, String)? {
    switch convention {
    case .oneEvaluationLate:
      (
        "the value of the evaluation before",
        "log it in the step it was measured at, not when the next one begins"
      )
    case .oneEvaluationEarly:
      ("the value of the next evaluation", "log it under the step of the weights that it was measured with")
    case .stale:
      (
        "a value that is measured only now and then and logged again until the next time",
        "log it only where it was measured"
      )
    case .constant:
      (
        "the same number at every step, though the models move apart",
        "measure it anew: the value was computed once, or logged from a variable that nothing changes"
      )
    case .zero:
      (
        "0 at every step, though the models move apart",
        "the policy is compared with itself: make the reference a copy (copy.deepcopy), and pass its logits"
      )
    case .runningMean: ("the mean of all evaluations so far", "reset the meter at each evaluation")
    case .movingAverage:
      ("a moving average of D(policy‖reference)", "log the value itself, and smooth where it is drawn")
    default: nil
    }
  }

  private static func models(_ convention: KLConvention) -> (String, String) {
    switch convention {
    case .policyInTrainMode:
      (
        "measured with the policy in train mode",
        "its dropout and batch statistics are in the number; call policy.eval() first"
      )
    case .referenceDrifts:
      (
        "measured against a reference that changes between steps",
        "freeze it: call reference.eval() once and never train(), and keep no average or alias of the policy as reference"
      )
    case .previousCheckpoint:
      (
        "the divergence from the policy of the evaluation before",
        "compare with the model that tuning started from, not with the last checkpoint"
      )
    case .otherRows:
      (
        "as far from the rows of the log as other rows of the same kind may be",
        "nothing contradicts D(policy‖reference) over other rows than the log holds; log it beside exactly its rows to "
          + "have it checked"
      )
    default: ("none of the known conventions", "check that it is about the same rows as the logits")
    }
  }
}
