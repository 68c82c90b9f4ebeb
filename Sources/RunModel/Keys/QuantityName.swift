/// What a key is about, however a source of the run spells it.
///
/// The Hugging Face Trainer writes `loss` and `eval_loss` into `trainer_state.json` and the same numbers as `train/loss`
/// and `eval/loss` into TensorBoard and W&B (`rewrite_logs` in `transformers/integrations`). Only keys of different
/// sources are ever taken for the same.
enum QuantityName {
  private static let phases = ["train/", "eval/", "test/"]
  private static let prefixes = [("eval_", "eval/"), ("test_", "test/")]
  private static let synonyms = ["lr": "learning_rate"]

  /// The key as the Trainer's integrations would write it.
  static func of(_ key: String) -> String {
    if phases.contains(where: key.hasPrefix) { return key }
    for (prefix, phase) in prefixes where key.hasPrefix(prefix) {
      return phase + key.dropFirst(prefix.count)
    }
    return "train/" + (synonyms[key] ?? key)
  }
}
