internal import RunLog

/// A key of a log taken apart, once: all that its text alone says.
///
/// Its *words*, in any order and behind any separator, say what was measured, on which set, and whether in an evaluation:
/// `acc_old`, `eval/old/accuracy`, `eval_old_acc` and `val.acc.old` say the same. Its *path* says where a trainer put it:
/// `train/objective/kl` is `kl` in the folder `objective`, however the phase is spelled.
package struct MetricKey: Sendable, Hashable {
  /// What an evaluation measured.
  package enum Quantity: Sendable, Hashable {
    case accuracy
    /// Another number that should stay high: BLEU, F1, …
    case score
    case loss
    case perplexity
    case kl
  }

  /// All words in lower case, in their order.
  package let words: [String]
  package let isEvaluation: Bool
  package let isTraining: Bool
  /// `nil` where no word says it.
  package let quantity: Quantity?
  /// The words that are left: the set, the task, or something else.
  package let setWords: [String]
  /// In lower case, without `train`, `eval` and the like in front.
  let path: String
  /// The last component of `path`.
  let name: String
  /// True where a folder or the beginning of the name is the word of an evaluation; `kl_old_test` has it elsewhere.
  package let isFiledUnderEvaluation: Bool
  /// A score of the lm-evaluation-harness, whose filter is no part of `name`.
  let harness: HarnessKey?

  package init(_ key: String) {
    words = Self.words(of: key)
    isEvaluation = words.contains { Phase(word: $0) == .eval }
    isTraining = words.contains { Phase(word: $0) == .train }
    let rest = words.filter { Phase(word: $0) == nil }
    // The quantity stands at one of the ends: `old_acc`, `acc_old`.
    let ends = [rest.last, rest.first].compactMap(\.self)
    let word = ends.first { Self.quantities[$0] != nil }
    // A number beside a metric, such as its standard error, is none itself.
    let isOther = words.contains { Self.otherWords.contains($0) }
    quantity = isOther ? nil : word.flatMap { Self.quantities[$0] }
    setWords = rest.filter { Self.quantities[$0] == nil && !Self.waysOfMeasuring.contains($0) }
    harness = HarnessKey(key)
    (path, name, isFiledUnderEvaluation) = Self.filed(key, isHarness: harness != nil)
  }

  /// Folders and name of a key without the phase, and whether that phase is an evaluation.
  private static func filed(_ key: String, isHarness: Bool) -> (
    path: String, name: String, isEvaluation: Bool
  ) {
    var parts = key.lowercased().split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    var isEvaluation = parts.contains { Phase(word: $0) == .eval }
    parts.removeAll { Phase(word: $0) != nil || $0.hasPrefix("dataloader_idx_") }
    var name = parts.popLast() ?? ""
    if let cut = name.firstIndex(of: "_"), let phase = Phase(word: name[..<cut]) {
      if phase == .eval { isEvaluation = true }
      name = String(name[name.index(after: cut)...])
      // Lightning says so where it logs a value and its mean over an epoch.
      for suffix in ["_step", "_epoch"] where name.hasSuffix(suffix) { name.removeLast(suffix.count) }
    }
    if isHarness, let comma = name.firstIndex(of: ",") { name = String(name[..<comma]) }
    return ((parts + [name]).joined(separator: "/"), name, isEvaluation)
  }

  /// Components in front of the name, those of a phase left out.
  var folders: [String] { path.split(separator: "/").dropLast().map(String.init) }

  /// True where the name ends in one of some words, behind `_` or `-`.
  func ends(in words: [String]) -> Bool {
    words.contains { name.hasSuffix("_" + $0) || name.hasSuffix("-" + $0) }
  }

  /// `eval/old_acc` is eval, old, acc; in lower case.
  package static func words(of key: String) -> [String] {
    key.lowercased().split { "/_-. :".contains($0) }.map(String.init)
  }

  /// What the words say that the set is; unknown too where they say both.
  package var setKind: SetKind {
    let isOld = setWords.contains { Self.retentionWords.contains($0) }
    let isNew = setWords.contains { Self.newWords.contains($0) }
    return isOld == isNew ? .unknown : isOld ? .retention : .new
  }

  /// True for a number of an evaluation, or of a set that has a name of its own wherever it is measured.
  package var isAboutASet: Bool {
    isEvaluation || !isTraining && setWords.contains { Self.namesOfSets.contains($0) }
  }

  /// The role that the words give a key that stands in no table; `nil` where they give none.
  var role: MetricRole? {
    guard isAboutASet, !statesSwapped, !words.contains(where: { Self.otherWords.contains($0) }) else {
      return nil
    }
    switch quantity {
    case .accuracy: return .accuracy
    case .loss: return .evaluationLoss
    // Outside of an evaluation "old" is the old policy: `kl_old_test`.
    case .kl: return words.first.flatMap { Phase(word: $0) } == .eval ? .evaluationKL : nil
    case .score, .perplexity: return nil
    // A benchmark that stands for its accuracy: `eval/mmlu`.
    case nil: return isEvaluation && setWords.contains(where: Self.isBenchmark) ? .accuracy : nil
    }
  }

  private static func isBenchmark(_ word: String) -> Bool { benchmarks.contains(word) }

  private static let quantities: [String: Quantity] = [
    "acc": .accuracy, "accuracy": .accuracy, "loss": .loss, "nll": .loss, "perplexity": .perplexity,
    "ppl": .perplexity,
    "kl": .kl, "score": .score, "bleu": .score, "rouge": .score, "rouge1": .score, "rouge2": .score,
    "rougel": .score, "chrf": .score, "f1": .score, "em": .score, "match": .score, "auc": .score,
    "auroc": .score, "mcc": .score, "reward": .score,
  ]

  /// Words that say how a quantity is measured, and name no set.
  private static let waysOfMeasuring: Set<String> = ["mean", "avg", "average", "token", "tokens", "nats"]

  private static let retentionWords: Set<String> = [
    "old", "retention", "retain", "base", "previous", "pretrain", "pretraining", "source", "general",
  ]

  /// Words that name a set wherever they stand; "target" or "base" mean other things too.
  private static let namesOfSets: Set<String> = [
    "old", "new", "retention", "retain", "previous", "pretrain", "pretraining",
  ]

  private static let newWords: Set<String> = ["new", "tune", "tuning", "finetune", "target"]

  /// Words of numbers beside a metric.
  private static let otherWords: Set<String> = [
    "std", "stderr", "var", "runtime", "time", "second", "seconds", "step", "steps", "epoch", "samples",
    "count",
    "num", "lr", "norm", "grad", "weight", "scale", "coef", "coefficient", "ratio", "entropy", "memory",
    "reverse", "forward", "backward", "max", "min", "bits", "symmetric", "sym", "jeffreys",
  ]

  /// Words that a KL whose first argument is the reference begins with.
  private static let references: Set<String> = ["ref", "reference", "base"]

  /// True for a key that says that its arguments are swapped: `eval/kl_ref_policy`.
  private var statesSwapped: Bool {
    zip(words, words.dropFirst()).contains { Self.references.contains($0) && $1 == "policy" }
  }

  private static let benchmarks: Set<String> = [
    "mmlu", "hellaswag", "arc", "gsm8k", "truthfulqa", "winogrande", "piqa", "boolq", "humaneval", "mbpp",
    "ifeval", "bbh", "gpqa", "triviaqa", "lambada", "openbookqa", "sciq", "commonsenseqa", "drop", "race",
    "agieval", "ceval", "cmmlu", "math500", "aime", "squad", "copa", "wsc", "rte", "sst2", "mnli",
  ]
}

// MARK: - The same key elsewhere

extension MetricKey {
  private static let integrationPhases = ["train/", "eval/", "test/"]
  private static let trainerPrefixes = [("eval_", "eval/"), ("test_", "test/")]
  private static let synonyms = ["lr": "learning_rate"]

  /// A key as the integrations of the Hugging Face Trainer would write it.
  ///
  /// The Trainer writes `loss` and `eval_loss` into `trainer_state.json` and the same numbers as `train/loss` and
  /// `eval/loss` into TensorBoard and W&B (`rewrite_logs` in `transformers/integrations`). Only keys of different sources
  /// are ever taken for the same.
  static func acrossSources(_ key: String) -> String {
    if integrationPhases.contains(where: key.hasPrefix) { return key }
    for (prefix, phase) in trainerPrefixes where key.hasPrefix(prefix) {
      return phase + key.dropFirst(prefix.count)
    }
    return "train/" + (synonyms[key] ?? key)
  }
}

// MARK: - What to call it

extension MetricKey {
  /// What a loss is of: `total_loss` → `total`, `eval/old/loss` → `eval old`, `loss` → `fine-tune`.
  package static func lossLabel(_ key: String) -> String {
    let kept = spelledWords(key.hasSuffix(",none") ? String(key.dropLast(5)) : key).filter {
      $0.lowercased() != "loss"
    }
    // However a trainer spells an evaluation, its curve is called the same in every run.
    let named = kept.map { Phase(word: $0.lowercased()) == .eval ? "eval" : $0 }
    return named.isEmpty ? "fine-tune" : named.joined(separator: " ")
  }

  /// What an evaluation measures: `eval/old/accuracy`, `eval/old_acc` → `old accuracy`, `arc_easy/acc,none` →
  /// `arc easy accuracy`.
  package static func evaluationLabel(_ key: String) -> String {
    let kept = spelledWords(key).filter { Phase(word: $0.lowercased()) == nil }
    return kept.map { $0 == "acc" ? "accuracy" : $0 }.joined(separator: " ")
  }

  /// A label without a word that is said elsewhere; that word alone stays.
  package static func label(_ label: String, without word: String) -> String {
    let kept = label.split(separator: " ").filter { $0 != word }
    return kept.isEmpty ? label : kept.joined(separator: " ")
  }

  /// The words of a key as the log spells them: `eval/old_acc` is eval, old, acc.
  private static func spelledWords(_ key: String) -> [String] {
    key.split { "/_-.".contains($0) }.map(String.init)
  }
}

/// What an evaluation set is to a tuning.
package enum SetKind: String, Sendable, Hashable, CaseIterable {
  /// What the model could do before.
  case retention
  /// What it is tuned for.
  case new
  /// Nobody says; never averaged with the others.
  case unknown
}

/// Which sets are for retention and which are the new task, as somebody said it.
package struct SetNaming: Sendable, Hashable {
  package var retention: [String]
  package var new: [String]

  package init(retention: [String] = [], new: [String] = []) {
    self.retention = retention
    self.new = new
  }

  /// With what another one says of names that it does not say itself.
  package func completed(by other: SetNaming) -> SetNaming {
    let own = Set((retention + new).map { MetricKey.words(of: $0) })
    func rest(_ names: [String]) -> [String] { names.filter { !own.contains(MetricKey.words(of: $0)) } }
    return SetNaming(retention: retention + rest(other.retention), new: new + rest(other.new))
  }

  /// What it says of a key or set: the longest name counts whose words stand in it one behind the other; `nil` where
  /// none does.
  func kind(of words: [String]) -> SetKind? {
    let named =
      retention.map { (MetricKey.words(of: $0), SetKind.retention) }
      + new.map { (MetricKey.words(of: $0), SetKind.new) }
    return named.filter { words.holds($0.0) }.max { $0.0.count < $1.0.count }?.1
  }
}

extension [String] {
  /// True where some words stand in it one behind the other.
  fileprivate func holds(_ part: [String]) -> Bool {
    guard !part.isEmpty, part.count <= count else { return false }
    return (0...count - part.count).contains { self[$0..<$0 + part.count] == part[...] }
  }
}

extension RunModel {
  /// What the set of a key is: as whoever opened the run said it, else as the run's record says it (`sets`), else as the
  /// words of the key say it.
  package func setKind(of key: MetricKey) -> SetKind {
    sets.kind(of: key.words) ?? statedSets.kind(of: key.words) ?? key.setKind
  }

  /// The same of a set that logits are about.
  package func setKind(ofSet set: String) -> SetKind { setKind(of: MetricKey("eval/" + set)) }

  /// `{"event":"run","sets":{"old":"retention","new":"new"}}`.
  private var statedSets: SetNaming {
    var naming = SetNaming()
    for (key, text) in texts where key.hasPrefix("sets/") {
      switch SetKind(rawValue: text) {
      case .retention: naming.retention.append(String(key.dropFirst("sets/".count)))
      case .new: naming.new.append(String(key.dropFirst("sets/".count)))
      case .unknown, nil: continue
      }
    }
    return naming
  }
}
