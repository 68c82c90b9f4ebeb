internal import Curves

/// Estimates and lower bounds of the divergence of one phase and set over the run.
package struct EstimateTrack: Sendable {
  package let probe: ProbeKey
  /// In the order of the steps.
  package private(set) var points: [StepEstimates] = []
  /// What restarts replaced, oldest first; only the last ones of very many.
  package private(set) var abandoned: [[StepEstimates]] = []
  /// The points as charts draw them, and the same of what restarts replaced.
  package private(set) var curves = EstimatePoints()
  package private(set) var abandonedCurves: [EstimatePoints] = []
  /// First row of the run of each branch that took the place of one.
  private var abandonedAfterRows: [Int] = []

  init(probe: ProbeKey) { self.probe = probe }

  package var lastStep: Int? { points.last?.step }

  /// The last point at or before `step`.
  package func point(at step: Int) -> StepEstimates? {
    let end = points.partitionPoint { $0.step <= step }
    return end > 0 ? points[end - 1] : nil
  }

  mutating func add(_ measurement: Measurement, step: Int, logged: Double?, row: Int) {
    let end = points.partitionPoint { $0.step <= step }
    let isNew = end == 0 || points[end - 1].step != step
    if isNew { points.insert(StepEstimates(step: step, row: row), at: end) }
    let index = isNew ? end : end - 1
    points[index].add(measurement.tokens, measurement.bounds, logged: logged, row: row)
    curves.update(from: step, of: points)
  }

  /// The track as it was at a moment.
  func asOf(_ moment: RunMoment) -> EstimateTrack {
    var track = self
    let known = abandonedAfterRows.partitionPoint { $0 < moment.rows }
    track.abandoned.removeSubrange(known...)
    track.abandonedCurves.removeSubrange(known...)
    track.abandonedAfterRows.removeSubrange(known...)
    track.points = points[..<points.partitionPoint { $0.step <= moment.step }].compactMap {
      $0.split(atRow: moment.rows).before
    }
    track.curves.update(from: .min, of: track.points)
    return track
  }

  /// Moves what came before a row from `step` on to an old branch.
  ///
  /// - Parameter row: of the run's `RowTable`, the first one of the new branch.
  mutating func restart(at step: Int, row: Int) {
    let start = points.partitionPoint { $0.step < step }
    guard start < points.count else { return }
    let parts = points[start...].map { $0.split(atRow: row) }
    points.replaceSubrange(start..., with: parts.compactMap(\.since))
    curves.update(from: step, of: points)
    let old = parts.compactMap(\.before)
    guard !old.isEmpty else { return }
    var oldCurves = EstimatePoints()
    oldCurves.update(from: .min, of: old)
    abandoned.append(old)
    abandonedCurves.append(oldCurves)
    abandonedAfterRows.append(row)
    guard abandoned.count > Series.keptBranches else { return }
    abandoned.removeFirst()
    abandonedCurves.removeFirst()
    abandonedAfterRows.removeFirst()
  }
}
