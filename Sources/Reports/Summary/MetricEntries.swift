internal import Curves
internal import RunLog
internal import RunModel

/// What the keys of a run are, and where each series stands.
extension RunSummary {
  /// A series in the order of its steps.
  package struct Metric: Sendable, Encodable {
    package var count: Int
    @OrNull package var first: Double?
    @OrNull package var last: Double?
    @OrNull package var lastStep: Int?
    @OrNull package var min: Double?
    @OrNull package var max: Double?
    package var nonfinite: Int
  }

  package struct KLEntry: Sendable, Encodable {
    /// `reference`, `old_policy`, `inference_engine`, `update` or `teacher`.
    package var family: String
    @OrNull package var trainer: String?
    @OrNull package var estimator: String?
    @OrNull package var reduction: String?
    @OrNull package var clamp: String?
    package var text: String
  }

  package struct ScoreEntry: Sendable, Encodable {
    package var task: String
    package var metric: String
    package var filter: String
    package var step: Int
    @OrNull package var value: Double?
    @OrNull package var standardError: Double?
  }
}

extension RunSummary.ScoreEntry {
  init(_ score: EvaluationScore) {
    task = score.task
    metric = score.metric
    filter = score.filter
    step = score.step
    value = score.value
    standardError = score.standardError
  }
}

extension RunModel {
  var metricSummaries: [String: RunSummary.Metric] {
    Dictionary(
      series.filter { $0.count > 0 }.map { ($0.name, $0.current.summary(rows: rows)) },
      uniquingKeysWith: { first, _ in first })
  }
}

extension RunModel {
  /// True for a series that has a role, or that is known to be something else; one without points is not missed.
  func isPlaced(_ id: SeriesID) -> Bool {
    series[id].role != nil || series[id].count == 0 || klDescription(of: id) != nil
      || EvaluationScore.isKey(series[id].name)
  }

  var klEntries: [String: RunSummary.KLEntry] {
    let ids = klFamilies.flatMap(\.series)
    return Dictionary(
      uniqueKeysWithValues: ids.compactMap { id in
        klDescription(of: id).map { (series[id].name, RunSummary.KLEntry($0)) }
      })
  }
}

extension RunSummary.KLEntry {
  fileprivate init(_ description: KLDescription) {
    family = description.family.rawValue
    trainer = description.trainer
    estimator = description.estimator
    reduction = description.reduction
    clamp = description.clamp
    text = description.text
  }
}

extension SeriesBranch {
  fileprivate func summary(rows: RowTable) -> RunSummary.Metric {
    let extent = extent(of: 0..<count)
    var nonfinite = 0
    if !extent.nonfinite.isEmpty {
      forEachValue(in: 0..<count) { if !$0.isFinite { nonfinite += 1 } }
    }
    return RunSummary.Metric(
      count: count, first: firstValue, last: lastValue, lastStep: count > 0 ? lastStep : nil,
      min: extent.hasFinite ? extent.minimum : nil, max: extent.hasFinite ? extent.maximum : nil,
      nonfinite: nonfinite)
  }
}
