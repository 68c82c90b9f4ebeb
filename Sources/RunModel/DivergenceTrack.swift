/// The divergence of one phase and set over the run.
package struct DivergenceTrack: Sendable {
  package let probe: ProbeKey
  /// In the order of the steps.
  package private(set) var points: [StepDivergence] = []
  /// What restarts replaced, oldest first.
  package private(set) var abandoned: [[StepDivergence]] = []
  private var stale: Set<Int> = []

  init(probe: ProbeKey) { self.probe = probe }

  package var lastStep: Int? { points.last?.step }

  /// The last point at or before `step`.
  package func point(at step: Int) -> StepDivergence? {
    let end = upperBound(step)
    return end > 0 ? points[end - 1] : nil
  }

  /// Index behind the last point whose step is at most `step`.
  package func upperBound(_ step: Int) -> Int {
    var low = 0
    var high = points.count
    while low < high {
      let middle = low + (high - low) / 2
      if points[middle].step <= step { low = middle + 1 } else { high = middle }
    }
    return low
  }

  mutating func add(
    _ samples: [MeasuredSample], step: Int, logged: Double?, policyInEvalMode: Bool
  ) {
    let end = upperBound(step)
    let index: Int
    if end > 0, points[end - 1].step == step {
      index = end - 1
    } else {
      points.insert(StepDivergence(step: step), at: end)
      index = end
    }
    points[index].add(samples, logged: logged, policyInEvalMode: policyInEvalMode)
    stale.insert(step)
  }

  /// Brings the statistics of changed steps up to date and returns those steps' points.
  mutating func refresh() -> [StepDivergence] {
    let changed = stale.sorted().compactMap { step -> Int? in
      let end = upperBound(step)
      return end > 0 && points[end - 1].step == step ? end - 1 : nil
    }
    stale.removeAll()
    for index in changed { points[index].refresh() }
    return changed.map { points[$0] }
  }

  mutating func restart(at step: Int) {
    let start = step == .min ? 0 : upperBound(step - 1)
    guard start < points.count else { return }
    abandoned.append(points[start...].map { var point = $0; point.dropPictures(); return point })
    points.removeSubrange(start...)
  }

  /// Entries held for drawing.
  var pictureEntries: Int { points.reduce(0) { $0 + $1.pictureEntries } }

  /// Lets the pictures of every other step go; the first and the last step keep theirs.
  mutating func thinPictures() {
    let pictured = points.indices.dropFirst().dropLast().filter { points[$0].pictureEntries > 0 }
    for (order, index) in pictured.enumerated() where order % 2 == 0 { points[index].dropPictures() }
  }
}
