extension Dialect {
  /// From the dialect whose points say least to the one whose points say most.
  ///
  /// A native log has modes and logits beside its numbers; then come numbers of float64 with times, those of float32 with
  /// times, those without times, and last what a trainer writes only now and then.
  private static let byRichness: [Dialect] = [
    .evaluationHarness, .trainerState, .pythonDicts, .verlConsole, .torchtune, .lightningCSV, .llamaFactory,
    .verlJSONL,
    .tensorBoard,
    .tinker, .jsonl, .mlflow, .wandb, .native,
  ]

  /// Higher for a dialect that says more about each point: where sources of a run say the same, it is believed.
  package var richness: Int { Self.byRichness.firstIndex(of: self) ?? -1 }
}

extension SourceStatus {
  package var richness: Int { dialect?.richness ?? -1 }
}
