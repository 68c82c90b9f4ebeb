internal import RunModel

/// What the page about forgetting shows.
package struct ForgettingSelection: Sendable, Hashable {
  /// Which divergence lies to the right, counted around the run's list.
  package var distance = 0
  /// Which metric lies up, counted around the run's list.
  package var metric = 0
  /// First line shown of the table.
  package var scroll = 0

  package init() {}
}

extension ForgettingSelection {
  func distance(in run: RunModel) -> ForgettingScatter.Distance? {
    let all = run.distances
    return all.isEmpty ? nil : all[distance % all.count]
  }

  func metric(in run: RunModel) -> RetentionMetric? {
    let all = run.retentionMetrics
    return all.isEmpty ? nil : all[metric % all.count]
  }
}
