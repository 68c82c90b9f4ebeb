internal import RunModel

/// Short names for keys of a log.
enum MetricLabel {
  /// The words of a key: `eval/old_acc` is eval, old, acc.
  static func words(_ key: String) -> [String] {
    key.split { $0 == "/" || $0 == "_" || $0 == "-" || $0 == "." }.map(String.init)
  }

  /// What a loss is of: `total_loss` → `total`, `eval/old/loss` → `eval old`, `loss` → `fine-tune`.
  static func loss(_ key: String) -> String {
    let kept = words(key.hasSuffix(",none") ? String(key.dropLast(5)) : key).filter {
      $0.lowercased() != "loss"
    }
    // However a trainer spells an evaluation, its curve is called the same in every run.
    let named = kept.map { KeyName.isEvaluation($0.lowercased()) ? "eval" : $0 }
    return named.isEmpty ? "fine-tune" : named.joined(separator: " ")
  }

  /// What an evaluation measures: `eval/old/accuracy`, `eval/old_acc` → `old accuracy`, `arc_easy/acc,none` →
  /// `arc easy accuracy`.
  static func retention(_ key: String) -> String {
    let kept = words(key).filter { !KeyName.isPhase($0.lowercased()) }
    return kept.map { $0 == "acc" ? "accuracy" : $0 }.joined(separator: " ")
  }

  /// A label without a word that is said elsewhere; that word alone stays.
  static func without(_ word: String, _ label: String) -> String {
    let kept = label.split(separator: " ").filter { $0 != word }
    return kept.isEmpty ? label : kept.joined(separator: " ")
  }
}
