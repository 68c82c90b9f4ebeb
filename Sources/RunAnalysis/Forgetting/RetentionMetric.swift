package import RunModel

/// A metric of an evaluation that tells what the model can do.
package struct RetentionMetric: Sendable, Hashable {
  package enum Kind: Sendable, Hashable, CaseIterable {
    /// A fraction that should stay high.
    case accuracy
    /// Another number that should stay high: BLEU, exact match, …
    case score
    /// A loss that should stay low, nats.
    case loss
    /// e to a loss: it should stay low.
    case perplexity

    package var isHigherBetter: Bool { self == .accuracy || self == .score }
  }

  package var id: SeriesID
  /// The key, hostile until made printable.
  package var name: String
  package var kind: Kind
  /// True for a task the model could do before it was tuned.
  package var isOld: Bool

  /// `nil` for a key that does not say what the model can do.
  init?(_ id: SeriesID, of run: RunModel) {
    let series = run.series[id]
    let words = KeyWords.of(series.name)
    guard series.count > 0, let kind = Kind(role: series.role, words: words) else { return nil }
    self.id = id
    self.kind = kind
    name = series.name
    // Benchmarks that are run at every checkpoint are about what the model could do before.
    isOld = EvaluationScore.isKey(series.name) || words.contains { Self.oldWords.contains($0) }
  }

  private static let oldWords: Set<String> = [
    "old", "retention", "retain", "base", "previous", "pretrain", "source",
  ]
}

extension RetentionMetric.Kind {
  fileprivate init?(role: MetricRole?, words: [String]) {
    switch role {
    case .accuracy: self = .accuracy
    case .evaluationLoss: self = .loss
    case nil:
      guard let last = words.last, words.contains(where: { Self.evaluationWords.contains($0) }) else {
        return nil
      }
      if Self.perplexities.contains(last) {
        self = .perplexity
      } else if Self.scores.contains(last) {
        self = .score
      } else {
        return nil
      }
    default: return nil
    }
  }

  private static let evaluationWords: Set<String> = [
    "eval", "evaluation", "val", "valid", "validation", "test",
  ]
  private static let perplexities: Set<String> = ["perplexity", "ppl"]
  private static let scores: Set<String> = [
    "score", "bleu", "rouge", "rouge1", "rouge2", "rougel", "chrf", "f1", "em", "match", "auc", "auroc",
    "mcc",
    "reward",
  ]
}

extension RunModel {
  /// Every metric that tells what the model can do: those of old tasks first, accuracies before losses.
  package var retentionMetrics: [RetentionMetric] {
    let all = series.indices.compactMap { RetentionMetric($0, of: self) }
    let kinds = RetentionMetric.Kind.allCases
    return [true, false].flatMap { isOld in
      kinds.flatMap { kind in all.filter { $0.isOld == isOld && $0.kind == kind } }
    }
  }
}

/// The words that a key is made of.
package enum KeyWords {
  /// `eval/old_acc` is eval, old, acc; in lower case.
  package static func of(_ key: String) -> [String] {
    key.lowercased().split { "/_-. ".contains($0) }.map(String.init)
  }
}
