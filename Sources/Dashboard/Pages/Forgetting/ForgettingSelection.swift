package import RunAnalysis
package import RunModel

/// What the page about forgetting shows.
package struct ForgettingSelection: Sendable, Hashable {
  /// Which divergence lies to the right; `nil` for the first one.
  package var distance: ForgettingScatter.Distance?
  /// Which metric lies up; `nil` for the first one.
  package var metric: SeriesID?
  /// First line shown of the table.
  package var scroll = 0

  package init() {}
}

extension ForgettingSelection {
  /// The chosen divergence, or the first one where it is not there.
  func distance(in run: RunModel) -> ForgettingScatter.Distance? {
    let all = run.distances
    return all.first { $0 == distance } ?? all.first
  }

  /// The chosen metric, or the first one where it is not there.
  func metric(in run: RunModel) -> RetentionMetric? {
    let all = run.retentionMetrics
    return all.first { $0.id == metric } ?? all.first
  }

  mutating func nextDistance(in run: RunModel) {
    distance = Self.moved(distance(in: run), by: 1, among: run.distances)
  }

  mutating func moveMetric(by offset: Int, in run: RunModel) {
    metric = Self.moved(metric(in: run)?.id, by: offset, among: run.retentionMetrics.map(\.id))
  }

  /// The list is a ring.
  private static func moved<Item: Hashable>(_ item: Item?, by offset: Int, among all: [Item]) -> Item? {
    guard let item, let index = all.firstIndex(of: item) else { return all.first }
    return all[(index + offset + all.count) % all.count]
  }
}
