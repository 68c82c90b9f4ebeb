internal import RunModel

extension ConventionExplanation {
  private static let useMask =
    "take the mean over the rows that the mask leaves: (kl · mask).sum() / mask.sum()"

  /// Other rows, and other weightings of them.
  static let rows: [KLConvention: ConventionExplanation] = [
    .maskForgotten: ConventionExplanation(
      "over all positions: the mask is forgotten", useMask),
    .maskInverted: ConventionExplanation(
      "over the rows that the mask leaves out: the mask is inverted", "invert it; " + useMask),
    .maskShifted: ConventionExplanation(
      "over the rows of a mask that is shifted by one position",
      "the row of position t predicts token t + 1: shift mask and labels alike, mask[:, 1:] with logits[:, :-1]"
    ),
    .promptIncluded: ConventionExplanation(
      "over the prompt as well", "mask the prompt: only the tokens of the answer count"),
    .paddingIncluded: ConventionExplanation(
      "over the padding as well", "mask the padding"),
    .firstSequence: ConventionExplanation(
      "over the first sequence of the batch alone", "take all sequences of the batch"),
    .lastSequence: ConventionExplanation(
      "over the last sequence alone", "take all sequences of the batch"),
    .firstTokens: ConventionExplanation(
      "over the first token of each sequence alone", "take all tokens that count"),
    .lastTokens: ConventionExplanation(
      "over the last token of each sequence alone", "take all tokens that count"),
    .firstBatch: ConventionExplanation(
      "of the first batch of the evaluation alone", "average over all batches"),
    .anotherBatch: ConventionExplanation(
      "of the last batch of the evaluation alone", "average over all batches, not the last value"),
    .tokensShifted: ConventionExplanation(
      "between rows of different tokens: one model's logits are shifted by one position",
      "cut the same position off both models' logits"),
    .otherSequences: ConventionExplanation(
      "between rows of different sequences of the batch",
      "give both models the same sequences in the same order"),
    .sequenceMeans: ConventionExplanation(
      "the mean of the means of sequences, which weighs tokens of short sequences more",
      "divide the sum over all tokens by the number of all tokens"),
    .maskedRowsCounted: ConventionExplanation(
      "the sum over the rows that count divided by all positions, masked ones too", useMask),
    .maximum: ConventionExplanation(
      "the maximum over rows", "take the mean, and log the maximum under a name of its own"),
    .multiplied: ConventionExplanation(
      "a constant multiple of D(policy‖reference)",
      "log it without a weight, and take the mean over ranks and batches, not the sum"),
    .divided: ConventionExplanation(
      "a constant part of D(policy‖reference)", "log it before it is divided for accumulation"),
  ]
}
