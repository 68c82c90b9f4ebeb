package import RunAnalysis
package import RunModel

/// What the page about forgetting shows.
package struct ForgettingSelection: Sendable, Hashable {
  /// Which divergence lies to the right; `nil` for the first one.
  package var distance: ForgettingScatter.Distance?
  /// Which metric lies up; `nil` for the first one.
  package var metric: SeriesID?
  /// Step of the chosen checkpoint; `nil` for the one to keep.
  package var checkpoint: Int?
  /// First line shown of the retention table.
  package var scroll = 0

  package init() {}
}

extension ForgettingSelection {
  /// Place of the chosen checkpoint among the candidates.
  func place(in advice: CheckpointAdvice) -> Int {
    checkpoint.flatMap { step in advice.candidates.firstIndex { $0.checkpoint.step == step } } ?? advice.keep
  }

  /// Goes through the checkpoints, and behind the last one through the table below.
  mutating func move(by lines: Int, in advice: CheckpointAdvice?) {
    guard let advice else { return scroll = max(0, scroll + lines) }
    let last = advice.candidates.count - 1
    let place = place(in: advice)
    if lines > 0, place == last || scroll > 0 { return scroll += lines }
    if scroll > 0 { return scroll = max(0, scroll + lines) }
    checkpoint = advice.candidates[min(max(place + lines, 0), last)].checkpoint.step
  }
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
