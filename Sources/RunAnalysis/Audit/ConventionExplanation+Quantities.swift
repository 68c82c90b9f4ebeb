internal import RunModel

extension ConventionExplanation {
  /// Other quantities than the divergence.
  static let quantities: [KLConvention: ConventionExplanation] = [
    .probabilitiesAsInput: ConventionExplanation(
      "kl_div with probabilities as input", "its first argument is the log_softmax of the reference"),
    .logTargetForgotten: ConventionExplanation(
      "kl_div with log-probabilities as target but without log_target, which gives NaN",
      "pass log_target=True, or probabilities as target"),
    .logTargetWronglySet: ConventionExplanation(
      "kl_div with probabilities as target and log_target=True",
      "drop log_target, or pass log-probabilities"),
    .crossEntropy: ConventionExplanation(
      "the cross entropy of the two models, not their divergence", "subtract the entropy of the first model"),
    .labelLoss: ConventionExplanation(
      "the loss of the policy on the labels", "log the divergence, not the cross entropy with the labels"),
    .entropy: ConventionExplanation(
      "the entropy of the policy", "log the divergence between the two models"),
    .jensenShannon: ConventionExplanation(
      "the Jensen–Shannon divergence", "compare the policy with the reference, not with the mean of both"),
    .symmetric: ConventionExplanation(
      "a symmetric KL of both directions",
      "log D(policy‖reference) alone, or both directions under names of their own"),
    .negative: ConventionExplanation(
      "−D(policy‖reference)", "change the sign: a divergence is never negative"),
    .topKRenormalised: ConventionExplanation(
      "the divergence of renormalised top-k lists, which bounds nothing",
      "take the softmax over the whole vocabulary, or put the rest of the mass into one bucket for a lower bound"
    ),
    .topKPart: ConventionExplanation(
      "a part of the sum, over the likeliest entries alone",
      "sum over the whole vocabulary: a part may even be negative"),
    .elementsClamped: ConventionExplanation(
      "the sum of the positive entries p·log(p/q) alone",
      "do not clamp entries: single entries are rightly negative, only their sum is not"),
    .clamped: ConventionExplanation(
      "a clamped KL", "what lies beyond the bound is cut off"),
    .temperature: ConventionExplanation(
      "D(policy‖reference) of logits divided by a temperature", "measure at temperature 1"),
    .halfPrecision: ConventionExplanation(
      "D(policy‖reference) computed in half precision",
      "cast logits to float32 before log_softmax: logits.float().log_softmax(-1)"),
    .softmaxOverTime: ConventionExplanation(
      "softmax over the positions of a sequence instead of the vocabulary",
      "use dim=-1, the axis of the vocabulary"),
    .softmaxOverBatch: ConventionExplanation(
      "softmax over the batch instead of the vocabulary", "use dim=-1, the axis of the vocabulary"),
  ]

  /// Estimates from sampled tokens.
  static let estimates: [KLConvention: ConventionExplanation] = [
    .k1: ConventionExplanation(
      "k1, the mean log-ratio of sampled tokens",
      "unbiased on tokens of the policy alone, noisy, and can be negative: not the divergence itself"),
    .k2: ConventionExplanation(
      "k2, half the mean squared log-ratio of sampled tokens",
      "biased: it is near the divergence only while the models are close"),
    .k3: ConventionExplanation(
      "k3 of sampled tokens",
      "unbiased on tokens of the policy alone, but with a heavy tail: a few tokens may make most of it"),
    .k1OfLabels: ConventionExplanation(
      "the mean log-ratio of the data's labels",
      "the labels are not the policy's samples: this is a difference of two losses, no divergence; sum over the vocabulary"
    ),
    .k2OfLabels: ConventionExplanation(
      "k2 of the data's labels",
      "the labels are not the policy's samples: sum over the vocabulary, or sample from the policy"),
    .k3OfLabels: ConventionExplanation(
      "k3 of the data's labels",
      "the labels are not the policy's samples: sum over the vocabulary, or sample from the policy"),
  ]
}
