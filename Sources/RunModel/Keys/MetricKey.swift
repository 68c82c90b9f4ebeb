/// A key of a log taken apart into words, in any order and behind any separator: what was measured, on which set, and
/// whether in an evaluation.
///
/// `acc_old`, `eval/old/accuracy`, `eval_old_acc` and `val.acc.old` say the same.
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

  package init(_ key: String) {
    words = Self.words(of: key)
    isEvaluation = words.contains { Self.evaluationWords.contains($0) }
    isTraining = words.contains { Self.trainingWords.contains($0) }
    let rest = words.filter { !Self.evaluationWords.contains($0) && !Self.trainingWords.contains($0) }
    // The quantity stands at one of the ends: `old_acc`, `acc_old`.
    let ends = [rest.last, rest.first].compactMap(\.self)
    let word = ends.first { Self.quantities[$0] != nil }
    // A number beside a metric, such as its standard error, is none itself.
    let isOther = words.contains { Self.otherWords.contains($0) }
    quantity = isOther ? nil : word.flatMap { Self.quantities[$0] }
    setWords = rest.filter { Self.quantities[$0] == nil && !Self.waysOfMeasuring.contains($0) }
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
    guard isAboutASet, !words.contains(where: { Self.otherWords.contains($0) }) else { return nil }
    switch quantity {
    case .accuracy: return .accuracy
    case .loss: return .evaluationLoss
    // Outside of an evaluation "old" is the old policy: `kl_old_test`.
    case .kl: return words.first.map(Self.evaluationWords.contains) == true ? .evaluationKL : nil
    case .score, .perplexity: return nil
    // A benchmark that stands for its accuracy: `eval/mmlu`.
    case nil: return isEvaluation && setWords.contains(where: Self.isBenchmark) ? .accuracy : nil
    }
  }

  private static func isBenchmark(_ word: String) -> Bool { benchmarks.contains(word) }

  static let trainingWords: Set<String> = ["train", "training"]
  static let evaluationWords: Set<String> = [
    "eval", "evaluation", "val", "valid", "validation", "test",
  ]

  private static let quantities: [String: Quantity] = [
    "acc": .accuracy, "accuracy": .accuracy, "loss": .loss, "nll": .loss, "perplexity": .perplexity,
    "ppl": .perplexity,
    "kl": .kl, "score": .score, "bleu": .score, "rouge": .score, "rouge1": .score, "rouge2": .score,
    "rougel": .score, "chrf": .score, "f1": .score, "em": .score, "match": .score, "auc": .score,
    "auroc": .score, "mcc": .score, "reward": .score,
  ]

  /// Words that say how a quantity is measured, and name no set.
  private static let waysOfMeasuring: Set<String> = ["mean", "avg", "average", "token", "tokens"]

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
    "reverse", "max", "min",
  ]

  private static let benchmarks: Set<String> = [
    "mmlu", "hellaswag", "arc", "gsm8k", "truthfulqa", "winogrande", "piqa", "boolq", "humaneval", "mbpp",
    "ifeval", "bbh", "gpqa", "triviaqa", "lambada", "openbookqa", "sciq", "commonsenseqa", "drop", "race",
    "agieval", "ceval", "cmmlu", "math500", "aime", "squad", "copa", "wsc", "rte", "sst2", "mnli",
  ]
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
