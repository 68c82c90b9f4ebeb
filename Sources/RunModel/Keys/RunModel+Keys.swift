internal import Curves
internal import RunLog

// What the keys of the run mean, by what it and its log say about them.

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

  /// What a series is if it is a KL.
  package func klDescription(of id: SeriesID) -> KLDescription? { table.klDescription(of: id) }

  /// Every KL of the log that has points, by family; families and series in the order in which they are declared and
  /// were first seen.
  package var klFamilies: [(family: KLFamily, series: [SeriesID])] {
    let described = series.indices.compactMap { id in
      series[id].count > 0 ? klDescription(of: id).map { (id, $0.family) } : nil
    }
    return KLFamily.allCases.compactMap { family in
      let own = described.filter { $0.1 == family }.map(\.0)
      return own.isEmpty ? nil : (family, own)
    }
  }

  /// Every score of the harness in the log, by task and metric in the order in which they were first seen, then by step.
  package var evaluationScores: [EvaluationScore] {
    series.filter { $0.count > 0 && $0.name.contains(",") }.flatMap { series -> [EvaluationScore] in
      guard let key = HarnessKey(series.name), !key.isError else { return [] }
      let errors = self.series(named: key.errorKey)?.current
      return (0..<series.count).map { index in
        let step = rows.step(series.current.row(index))
        let error = errors.flatMap { $0.value(exactlyAt: step, rows: rows) }
        return EvaluationScore(
          task: key.task, metric: key.metric, filter: key.filter, step: step,
          value: series.current.value(index).finite, standardError: error?.finite)
      }
    }
  }
}

extension SeriesBranch {
  /// The value at a step that has one.
  fileprivate func value(exactlyAt step: Int, rows: RowTable) -> Double? {
    let end = upperBound(step: step, rows: rows)
    guard end > 0, rows.step(row(end - 1)) == step else { return nil }
    return value(end - 1)
  }
}

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
