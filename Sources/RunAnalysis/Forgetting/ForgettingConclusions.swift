internal import Curves
internal import RunLog
internal import RunModel

/// Which evaluations a metric has: what is concluded from it holds for as long as this is the same.
struct MetricCourse: Sendable, Hashable {
  private let metric: RetentionMetric
  private let evaluations: Int
  private let lastRow: Int
  private let errors: Int

  init(_ metric: RetentionMetric, of run: RunModel) {
    let branch = run.series[metric.id].current
    self.metric = metric
    evaluations = branch.count
    lastRow = branch.count > 0 ? branch.row(branch.count - 1) : -1
    errors = run.series(named: metric.name + "_stderr")?.current.count ?? 0
  }
}

/// What the retention metrics say by their course, kept for as long as the metrics stand as they are: a live run of many
/// evaluations is not gone through at every record.
struct ForgettingConclusions: Sendable {
  /// What the conclusions about a metric were made of.
  private struct Basis: Sendable, Hashable {
    var course: MetricCourse
    /// Evaluations of the samples beside it.
    var steps: Int
    var filesDone: Int
    /// Another metric of the same set says more.
    var isOutdone: Bool

    init(_ metric: RetentionMetric, isOutdone: Bool, probe: ProbeKey?, of run: RunModel) {
      course = MetricCourse(metric, of: run)
      self.isOutdone = isOutdone
      steps = probe.flatMap { run.divergences[$0]?.points.count } ?? 0
      filesDone = run.logitsFiles.done
    }
  }

  private var known: [SeriesID: (basis: Basis, conclusions: [Conclusion])] = [:]

  /// Concludes anew what has changed.
  ///
  /// - Parameter metrics: the run's retention metrics.
  mutating func update(of run: RunModel, _ metrics: [RetentionMetric]) -> [Conclusion] {
    // Where a set has an accuracy, that says whether skill was lost: a loss that rises beside it says no more, nor does
    // a perplexity beside a loss.
    let strongest = Dictionary(
      metrics.map { (MetricKey($0.name).setWords, Self.strength($0.kind)) }, uniquingKeysWith: max)
    let probes = Dictionary(
      run.divergences.keys.filter { $0.phase == .eval }.map { (MetricKey.words(of: $0.set ?? ""), $0) },
      uniquingKeysWith: { min($0, $1) })
    var next: [SeriesID: (basis: Basis, conclusions: [Conclusion])] = [:]
    var all: [Conclusion] = []
    for metric in metrics {
      let words = MetricKey(metric.name).setWords
      let probe = probes[words]
      let basis = Basis(
        metric, isOutdone: Self.strength(metric.kind) < strongest[words] ?? 0, probe: probe, of: run)
      let conclusions =
        known[metric.id].flatMap { $0.basis == basis ? $0.conclusions : nil }
        ?? Self.conclusions(of: metric, probe: probe, isOutdone: basis.isOutdone, of: run)
      next[metric.id] = (basis, conclusions)
      all += conclusions
    }
    known = next
    return all + risks(of: probes, beside: all, run)
  }

  /// How much a metric says of what the model can do.
  private static func strength(_ kind: RetentionMetric.Kind) -> Int {
    switch kind {
    case .accuracy: 3
    case .loss: 2
    case .perplexity: 1
    // Of which nobody knows the unit.
    case .score: 0
    }
  }

  /// Sets of which something may be lost, each until it is known that it was.
  private func risks(
    of probes: [[String]: ProbeKey], beside conclusions: [Conclusion], _ run: RunModel
  ) -> [Conclusion] {
    probes.sorted { $0.value < $1.value }.compactMap { words, probe in
      guard var risk = RetentionRisk(probe, of: run)?.conclusion else { return nil }
      risk.supersededAt =
        conclusions.filter {
          $0.code == .forgetting && $0.recoveredAt == nil
            && $0.series.map { MetricKey($0).setWords } == words
        }
        .map { $0.knownAt ?? $0.step }.min()
      return risk
    }
  }

  private static func conclusions(
    of metric: RetentionMetric, probe: ProbeKey?, isOutdone: Bool, of run: RunModel
  ) -> [Conclusion] {
    [
      ForgettingVerdict(metric, probe: probe, of: run)?.conclusion,
      isOutdone ? nil : RetentionLossRise(metric, of: run)?.conclusion,
    ].compactMap(\.self)
  }
}
