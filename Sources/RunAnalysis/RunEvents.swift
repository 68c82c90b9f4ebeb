package import Curves
internal import RunLog
internal import RunModel

/// Steps at which something happened, for going from one to the next.
extension RunModel {
  /// The nearest step behind `step` (`isForward`) or before it that has an evaluation; `nil` where there is none.
  package func evaluationStep(from step: Int, isForward: Bool) -> Int? {
    let ofSeries = evaluationSeries.compactMap {
      series[$0].current.nearestStep(from: step, isForward: isForward, rows: rows)
    }
    let ofTracks = evaluationTracks.compactMap { track -> Int? in
      let index = isForward ? track.upperBound(step) : track.points.partitionPoint { $0.step < step } - 1
      return track.points.indices.contains(index) ? track.points[index].step : nil
    }
    return isForward ? (ofSeries + ofTracks).min() : (ofSeries + ofTracks).max()
  }

  /// True for each column of a chart that has an evaluation.
  package func evaluationColumns(_ window: CurveWindow) -> Set<Int> {
    let ofSeries = evaluationSeries.prefix(Self.drawnEvaluations).flatMap {
      series[$0].current.columns(window, smoothing: 0, rows: rows).map(\.column)
    }
    let ofTracks = evaluationTracks.prefix(Self.drawnEvaluations).flatMap {
      $0.curves.columns(.policyReference, window, smoothing: 0).map(\.column)
    }
    return Set(ofSeries + ofTracks)
  }

  /// The nearest of some steps behind `step` (`isForward`) or before it; `nil` where there is none.
  package static func nearest(of steps: [Int], from step: Int, isForward: Bool) -> Int? {
    isForward ? steps.filter { $0 > step }.min() : steps.filter { $0 < step }.max()
  }

  /// Series that are all written at the same evaluations: some of them tell when those were.
  private static var drawnEvaluations: Int { 8 }

  private var evaluationSeries: [SeriesID] {
    retentionMetrics.map(\.id) + series(role: .evaluationKL)
  }

  private var evaluationTracks: [DivergenceTrack] { divergences.values.filter { $0.probe.phase == .eval } }
}

extension SeriesBranch {
  fileprivate func nearestStep(from step: Int, isForward: Bool, rows: RowTable) -> Int? {
    let index = isForward ? upperBound(step: step, rows: rows) : lowerBound(step: step, rows: rows) - 1
    return (0..<count).contains(index) ? self.step(index, rows: rows) : nil
  }
}
