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
  /// The key.
  package var name: String
  package var kind: Kind
  /// What its set is to the tuning.
  package var setKind: SetKind

  /// True for a task the model could do before it was tuned.
  package var isOld: Bool { setKind == .retention }

  /// `nil` for a key that does not say what the model can do.
  init?(_ id: SeriesID, of run: RunModel) {
    let series = run.series[id]
    guard series.count > 0 else { return nil }
    let key = MetricKey(series.name)
    let isBenchmark = EvaluationScore.isKey(series.name)
    guard let kind = Kind(role: series.role, key: key) else { return nil }
    let set = run.setKind(of: key)
    // What a trainer says of its own batches is no evaluation.
    guard key.isAboutASet || isBenchmark || set != key.setKind else { return nil }
    self.id = id
    self.kind = kind
    name = series.name
    // Benchmarks that are run at every checkpoint are about what the model could do before.
    setKind = set == .unknown && isBenchmark ? .retention : set
  }
}

extension RetentionMetric.Kind {
  fileprivate init?(role: MetricRole?, key: MetricKey) {
    switch (role, key.quantity) {
    case (.accuracy, _): self = .accuracy
    case (.evaluationLoss, _): self = .loss
    case (nil, .perplexity): self = .perplexity
    // A score of nothing is no task.
    case (nil, .score) where key.words.count > 1: self = .score
    default: return nil
    }
  }
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

extension Array {
  /// The same task is often measured twice, by the trainer and from rows: the one that was evaluated most often counts.
  func oneForEachSet(metric: (Element) -> RetentionMetric, evaluations: (Element) -> Int) -> [Element] {
    var chosen: [Element] = []
    var places: [[String]: Int] = [:]
    for task in self {
      let words = MetricKey(metric(task).name).setWords
      if let place = places[words], !words.isEmpty {
        if evaluations(chosen[place]) < evaluations(task) { chosen[place] = task }
      } else {
        places[words] = chosen.count
        chosen.append(task)
      }
    }
    return chosen
  }
}
