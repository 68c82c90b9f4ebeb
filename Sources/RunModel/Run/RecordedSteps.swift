package import Curves

/// Steps that have a point.
extension RunModel {
  /// The first step behind `step` at which any series or divergence has a point.
  package func recordedStep(after step: Int) -> Int? {
    let metrics = series.lazy.compactMap { $0.current.step(after: step, rows: rows) }
    let measured = divergences.values.lazy.compactMap { track -> Int? in
      let index = track.upperBound(step)
      return index < track.points.count ? track.points[index].step : nil
    }
    return [metrics.min(), measured.min()].lazy.compactMap { $0 }.min()
  }

  /// The last step before `step` at which any series or divergence has a point.
  package func recordedStep(before step: Int) -> Int? {
    guard step > .min else { return nil }
    let metrics = series.lazy.compactMap { $0.current.step(before: step, rows: rows) }
    let measured = divergences.values.lazy.compactMap { $0.point(at: step - 1)?.step }
    return [metrics.max(), measured.max()].lazy.compactMap { $0 }.max()
  }
}

extension RunModel {
  /// The next evaluation behind `step`, or with a negative `direction` the last one before it.
  package func evaluation(from step: Int, direction: Int) -> Int? {
    let metrics = series.lazy.filter(\.isEvaluation).map { CurvePoints($0.current, rows: self.rows) }
    let measured = divergences.values.lazy.filter { $0.probe.isEvaluation }.map {
      $0.curves.points(.policyReference)
    }
    let steps = [metrics.map { $0 }, measured.map { $0 }].joined().compactMap { points in
      direction < 0
        ? points.branch.step(before: step, rows: points.rows)
        : points.branch.step(after: step, rows: points.rows)
    }
    return direction < 0 ? steps.max() : steps.min()
  }
}

extension Series {
  /// True where the points come from evaluations: they are few and far between.
  package var isEvaluation: Bool {
    role == .evaluationLoss || role == .evaluationKL || key.isFiledUnderEvaluation
  }
}

extension SeriesBranch {
  /// The step of the first point behind `step`.
  package func step(after step: Int, rows: RowTable) -> Int? {
    let index = upperBound(step: step, rows: rows)
    return index < count ? self.step(index, rows: rows) : nil
  }

  /// The step of the last point before `step`.
  package func step(before step: Int, rows: RowTable) -> Int? {
    let index = lowerBound(step: step, rows: rows)
    return index > 0 ? self.step(index - 1, rows: rows) : nil
  }
}
