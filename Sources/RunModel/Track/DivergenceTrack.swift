internal import Curves

/// The divergence of one phase and set over the run.
package struct DivergenceTrack: Sendable {
  package let probe: ProbeKey
  /// In the order of the steps.
  package private(set) var points: ArraySlice<StepDivergence> = []
  /// What restarts replaced, oldest first; only the last ones of very many.
  package private(set) var abandoned: [[StepDivergence]] = []
  /// The points as charts draw them, and the same of what restarts replaced.
  package private(set) var curves = DivergenceCurves()
  package private(set) var abandonedCurves: [DivergenceCurves] = []
  private var faults = PointFaults()
  /// Every evaluation of every sample.
  private(set) var history: SampleHistory
  /// Rows of the run before each of them was left.
  private var abandonedAfterRows: [Int] = []
  /// Entries held for drawing.
  private(set) var pictureEntries = 0
  private var stale: Set<Int> = []
  /// Steps that the history does not have as they are now.
  private var historyPending: Set<Int> = []

  init(probe: ProbeKey) {
    self.probe = probe
    history = SampleHistory(phase: probe.phase)
  }

  package var lastStep: Int? { points.last?.step }

  /// The last point at or before `step`.
  package func point(at step: Int) -> StepDivergence? {
    let end = upperBound(step)
    return end > 0 ? points[end - 1] : nil
  }

  /// Index behind the last point whose step is at most `step`.
  package func upperBound(_ step: Int) -> Int {
    // Looked at in place: a point is a large value to hand over.
    (points.startIndex..<points.endIndex).firstIndex(fromWhich: { points[$0].step > step })
  }

  /// Index of the first point whose step is at least `step`.
  private func lowerBound(_ step: Int) -> Int {
    (points.startIndex..<points.endIndex).firstIndex(fromWhich: { points[$0].step >= step })
  }

  /// What a row of a sample looks like, and at which step: the nearest one not after `step` whose pictures were kept.
  func nearestPicture(of name: SampleName, row: Int, to step: Int) -> (step: Int, picture: TopProbabilities)?
  {
    for index in (0..<upperBound(step)).reversed() where points[index].mayHavePictures {
      guard let picture = points[index].sample(named: name)?.picture(ofRow: row) else { continue }
      return (points[index].step, picture)
    }
    return nil
  }

  /// The steps that have a fault, up to `step`, and how often they have it; `nil` where none has.
  package func found(_ fault: PointFault, through step: Int) -> (steps: ClosedRange<Int>, count: Int)? {
    faults.found(fault, through: step)
  }

  mutating func add(
    _ samples: [ComparedSample], step: Int, logged: LoggedKL?, policyInEvalMode: Bool, file: String? = nil,
    row: Int = -1
  ) {
    let end = upperBound(step)
    let index: Int
    if end > 0, points[end - 1].step == step {
      index = end - 1
    } else {
      points.insert(StepDivergence(step: step), at: end)
      index = end
    }
    let before = points[index].pictureEntries
    points[index].add(samples, logged: logged, policyInEvalMode: policyInEvalMode, file: file, row: row)
    pictureEntries += points[index].pictureEntries - before
    stale.insert(step)
  }

  /// Takes the samples of a file away from a step.
  mutating func remove(file: String, step: Int) {
    let index = upperBound(step) - 1
    guard index >= 0, points[index].step == step else { return }
    let before = points[index].pictureEntries
    points[index].remove(file: file)
    pictureEntries += points[index].pictureEntries - before
    stale.insert(step)
  }

  /// Brings the statistics of changed steps up to date.
  ///
  /// - Parameters:
  ///   - everything: `false` while more is being read: then a step that grows record by record waits until it is twice
  ///   as large, so that its cost stays in proportion to its rows.
  ///   - moreComes: earlier steps are still measured: each changes the history behind it, which then waits until a
  ///   quarter of the steps is new.
  mutating func refresh(everything: Bool, moreComes: Bool = false) {
    let changed = stale.sorted().compactMap { step -> Int? in
      let index = upperBound(step) - 1
      guard index >= 0, points[index].step == step else { return nil }
      return everything || points[index].isWorthRefreshing ? index : nil
    }
    for index in changed {
      points[index].refresh()
      faults.note(points[index])
    }
    // Steps that wait are drawn as they were; they are all at or behind the lowest one that is stale.
    if let lowest = stale.min() { curves.update(from: lowest, of: points) }
    updateHistory(changed: changed, moreComes: moreComes)
    stale = everything ? [] : stale.subtracting(changed.map { points[$0].step })
  }

  private mutating func updateHistory(changed: [Int], moreComes: Bool) {
    for index in changed { historyPending.insert(points[index].step) }
    guard let from = historyPending.min(), !moreComes || historyPending.count * 4 >= points.count else {
      return
    }
    history.update(with: points[lowerBound(from)...], changed: historyPending)
    historyPending = []
  }

  var isStale: Bool { !stale.isEmpty || !historyPending.isEmpty }

  /// Moves what came before a row from `step` on to an old branch.
  ///
  /// - Parameter row: of the run's `RowTable`, the first one of the new branch.
  mutating func restart(at step: Int, row: Int) {
    let start = lowerBound(step)
    guard start < points.count else { return }
    let entriesBefore = points[start...].reduce(0) { $0 + $1.pictureEntries }
    let parts = points[start...].map { $0.split(atRow: row) }
    let since = parts.compactMap(\.since)
    points.replaceSubrange(start..., with: since)
    curves.truncate(from: step)
    faults.truncate(from: step)
    for point in since where !point.isStale { faults.note(point) }
    history.truncate(from: step)
    stale = stale.filter { $0 < step }.union(since.map(\.step))
    historyPending = historyPending.filter { $0 < step }
    pictureEntries += since.reduce(0) { $0 + $1.pictureEntries } - entriesBefore
    abandon(parts.compactMap(\.before), row: row)
  }

  private mutating func abandon(_ points: [StepDivergence], row: Int) {
    guard !points.isEmpty else { return }
    abandoned.append(points.map { $0.abandoned() })
    abandonedAfterRows.append(row)
    abandonedCurves.append(DivergenceCurves(abandoned[abandoned.count - 1]))
    if abandoned.count > Series.keptBranches {
      abandoned.removeFirst()
      abandonedCurves.removeFirst()
      abandonedAfterRows.removeFirst()
    }
  }

  /// The track as it was at a moment.
  func asOf(_ moment: RunMoment) -> DivergenceTrack {
    var track = self
    let known = abandonedAfterRows.partitionPoint { $0 < moment.rows }
    track.abandoned.removeSubrange(known...)
    track.abandonedCurves.removeSubrange(known...)
    track.abandonedAfterRows.removeSubrange(known...)
    let end = upperBound(moment.step)
    track.points = points[..<end]
    if let next = points[end...].first {
      track.curves.truncate(from: next.step)
      track.faults.truncate(from: next.step)
      track.history.truncate(from: next.step)
    }
    let later = (0..<end).filter { points[$0].isLater(than: moment) }
    guard let first = later.first else { return track }
    let tail = points[first..<end].compactMap {
      $0.isLater(than: moment) ? $0.asOf(moment) : $0
    }
    track.points = points[..<first] + tail
    track.curves.update(from: points[first].step, of: track.points)
    track.faults.truncate(from: points[first].step)
    for point in track.points[first...] { track.faults.note(point) }
    track.history.truncate(from: points[first].step)
    track.history.update(with: track.points[first...], changed: [])
    return track
  }

  /// Lets the pictures of every other step go; the first and the last step keep theirs.
  mutating func thinPictures() {
    let pictured = points.indices.dropFirst().dropLast().filter { points[$0].pictureEntries > 0 }
    for (order, index) in pictured.enumerated() where order % 2 == 0 {
      pictureEntries -= points[index].pictureEntries
      points[index].dropPictures()
    }
  }
}

extension StepDivergence {
  /// Itself as it is drawn in an abandoned branch: up to date, without pictures.
  fileprivate func abandoned() -> StepDivergence {
    var point = self
    if point.isStale { point.refresh() }
    point.dropPictures()
    return point
  }
}
