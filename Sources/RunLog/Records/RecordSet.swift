/// Which set of probes the numbers of a record are about, and how their keys say so.
///
/// Two sets are two series: a record of the set `old` gives `eval/old/kl`, not one more value of `eval/kl`.
enum RecordSet {
  /// The key of a number in a record of a set; a key that names the set already stays as it is.
  ///
  /// - Parameter name: as the log spells it, without a phase that the record says.
  static func key(_ name: String, set: String, phase: Phase) -> String {
    let word = set.lowercased()
    if words(name).contains(word[...]) { return phase == .eval ? evaluation(name) : name }
    return phase == .eval ? "eval/\(set)/\(withoutPhase(name))" : "\(set)/\(name)"
  }

  /// The key of a number in a record of phase eval that names no set.
  static func evaluation(_ name: String) -> String { name.hasPrefix("eval") ? name : "eval/" + name }

  private static func withoutPhase(_ name: String) -> Substring {
    for phase in ["eval/", "eval_"] where name.hasPrefix(phase) { return name.dropFirst(phase.count) }
    return name[...]
  }

  private static func words(_ name: String) -> [Substring] {
    name.lowercased().split { $0 == "/" || $0 == "_" || $0 == "-" || $0 == "." }
  }
}

/// Rows of the Hugging Face Trainer with several evaluation sets: `eval_SET_loss` names the set of one evaluation, and TRL
/// writes what it adds, such as `eval_mean_token_accuracy`, without it.
///
/// `Trainer.evaluate` gives the set as part of `metric_key_prefix`; TRL's `log` puts `eval_` in front of its own metrics.
enum TrainerEvaluationSet {
  private static let prefix = "eval_"
  private static let ending = "_loss"

  /// The set that a key is the loss of; `nil` for every other key, and for the loss of the only set.
  static func named(by key: String) -> Substring? {
    guard key.hasPrefix(prefix), key.hasSuffix(ending), key.utf8.count > prefix.utf8.count + ending.utf8.count
    else { return nil }
    return key.dropFirst(prefix.count).dropLast(ending.count)
  }

  /// The set that a row is about; `nil` where it is about none, or about several.
  static func of(_ keys: some Sequence<String>) -> String? {
    var set: Substring?
    for key in keys {
      if key == "eval_loss" { return nil }
      guard let named = named(by: key) else { continue }
      if let set, set != named { return nil }
      set = named
    }
    return set.map(String.init)
  }

  /// The key with its set.
  static func key(_ key: String, set: String) -> String {
    guard key.hasPrefix(prefix), !key.hasPrefix(prefix + set + "_") else { return key }
    return prefix + set + "_" + key.dropFirst(prefix.count)
  }
}
