internal import Curves

/// Estimates and lower bounds of the divergence of one phase and set over the run.
package struct EstimateTrack: Sendable {
  package let probe: ProbeKey
  /// In the order of the steps.
  package private(set) var points: [StepEstimates] = []
  /// The points as charts draw them.
  package private(set) var curves = EstimatePoints()

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
    if let tokens = measurement.tokens { points[index].add(tokens) }
    if let bounds = measurement.bounds { points[index].add(bounds) }
    points[index].note(logged: logged)
    curves.update(from: step, of: points)
  }

  /// The track as it was at a moment; a step that a later record added to is shown as it is now.
  func asOf(_ moment: RunMoment) -> EstimateTrack {
    var track = self
    track.points.removeAll { $0.step > moment.step || $0.row >= moment.rows }
    track.curves.update(from: .min, of: track.points)
    return track
  }

  mutating func restart(at step: Int) {
    points.removeAll { $0.step >= step }
    curves.truncate(from: step)
  }
}
