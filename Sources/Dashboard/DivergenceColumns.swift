internal import CellCanvas
internal import RunModel

/// Points of a divergence, put into the columns of a chart.
enum DivergenceColumns {
  static func means(
    _ points: [StepDivergence], window: CurveWindow, direction: DivergenceDirection, smoothing: Double
  ) -> [CurveColumn] {
    var average = MovingAverage(weight: smoothing)
    return columns(points, window: window, average: &average) { [$0.statistics(direction).mean] }
  }

  /// Fraction of rows whose likeliest entry is the same in both models.
  static func sameTop1(_ points: [StepDivergence], window: CurveWindow, smoothing: Double) -> [CurveColumn] {
    var average = MovingAverage(weight: smoothing)
    return columns(points, window: window, average: &average) { [$0.sameTop1] }
  }

  /// The KL the log gives in the same records as the logits.
  static func logged(_ points: [StepDivergence], window: CurveWindow) -> [CurveColumn] {
    var none = MovingAverage(weight: 0)
    return columns(points, window: window, average: &none) { $0.logged.map { [$0] } ?? [] }
  }

  /// Mean ± standard error; clustered by sample where there are several, since tokens of one sequence depend on each
  /// other.
  static func bands(
    _ points: [StepDivergence], window: CurveWindow, direction: DivergenceDirection
  ) -> [CurveColumn] {
    var none = MovingAverage(weight: 0)
    return columns(points, window: window, average: &none) { point in
      let statistics = point.statistics(direction)
      return statistics.shownError.map { [max(0, statistics.mean - $0), statistics.mean + $0] } ?? []
    }
  }

  /// One value of each step's estimates.
  static func estimates(
    _ points: [StepEstimates], window: CurveWindow, smoothing: Double, value: (StepEstimates) -> Double?
  ) -> [CurveColumn] {
    var average = MovingAverage(weight: smoothing)
    return columns(points, step: \.step, window: window, average: &average) { value($0).map { [$0] } ?? [] }
  }

  private static func columns(
    _ points: [StepDivergence], window: CurveWindow, average: inout MovingAverage,
    values: (StepDivergence) -> [Double]
  ) -> [CurveColumn] {
    columns(points, step: \.step, window: window, average: &average, values: values)
  }

  private static func columns<Point>(
    _ points: [Point], step: (Point) -> Int, window: CurveWindow, average: inout MovingAverage,
    values: (Point) -> [Double]
  ) -> [CurveColumn] {
    var result: [CurveColumn] = []
    let last = min(window.lastStep, window.throughStep)
    for point in points.prefix(while: { step($0) <= last }) {
      for value in values(point) {
        average.add(value)
        guard step(point) >= window.firstStep else { continue }
        result.gather(value, column: window.column(ofStep: step(point)), smoothed: average.value)
      }
    }
    return result
  }
}

extension [CurveColumn] {
  /// Adds a value to the last column, or begins the next one.
  fileprivate mutating func gather(_ value: Double, column: Int, smoothed: Double?) {
    guard let index = indices.last, self[index].column == column else {
      return append(
        CurveColumn(
          column: column, extent: Extent(value), first: value, last: value, points: 1, smoothed: smoothed))
    }
    self[index].extent.include(value)
    self[index].last = value
    self[index].points += 1
    self[index].smoothed = smoothed
  }
}

extension StepDivergence {
  func statistics(_ direction: DivergenceDirection) -> DivergenceFigures {
    direction == .policyReference ? policyReference : referencePolicy
  }
}

extension DivergenceFigures {
  /// The standard error to show: by sample where that can be told.
  var shownError: Double? { (standardErrorBySample ?? standardError)?.finite }
}

extension DivergenceDirection {
  /// `D(policy‖reference)`.
  func name(glyphs: GlyphSet) -> String {
    let sign = glyphs.marks.parallel
    return self == .policyReference ? "D(policy\(sign)reference)" : "D(reference\(sign)policy)"
  }
}
