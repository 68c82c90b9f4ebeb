extension RunModel {
  /// True where the log is of a language model: rows of tokens, sequences, or what trainers of such models log.
  package var isOfLanguageModel: Bool {
    if Self.languageKeys.contains(where: { series(named: $0) != nil }) { return true }
    return divergences.values.contains { track in
      track.points.last?.samples.first.map { $0.rows.count > 1 || $0.texts != nil } ?? false
    } || estimates.values.contains { !$0.points.isEmpty }
  }

  private static let languageKeys = [
    "num_tokens", "num_input_tokens_seen", "mean_token_accuracy", "eval_mean_token_accuracy",
    "completions/mean_length", "perplexity", "ppl", "train/num_tokens", "train/mean_token_accuracy",
    "tokens_seen", "train/global_step_tokens",
  ]
}
