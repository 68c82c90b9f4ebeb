internal import CellCanvas
internal import RunModel

/// Points of a divergence, put into the columns of a chart.
enum DivergenceColumns {
  static func means(
    _ curves: DivergenceCurves, window: CurveWindow, direction: DivergenceDirection, smoothing: Double
  ) -> [CurveColumn] {
    let quantity: DivergenceCurves.Quantity =
      direction == .policyReference ? .policyReference : .referencePolicy
    return curves.columns(quantity, window, smoothing: smoothing)
  }

  /// Mean ± standard error; clustered by sample where there are several, since tokens of one sequence depend on each
  /// other.
  static func bands(
    _ curves: DivergenceCurves, window: CurveWindow, direction: DivergenceDirection
  ) -> [CurveColumn] {
    let isPolicyFirst = direction == .policyReference
    let lower = curves.columns(
      isPolicyFirst ? .policyReferenceLower : .referencePolicyLower, window, smoothing: 0)
    let upper = curves.columns(
      isPolicyFirst ? .policyReferenceUpper : .referencePolicyUpper, window, smoothing: 0)
    // Both ends come from the same points, so their columns are the same.
    return zip(lower, upper).map { low, high in
      var column = low
      column.extent.formUnion(high.extent)
      return column
    }
  }

  /// One value of each step's estimates.
  static func estimates(
    _ points: [StepEstimates], window: CurveWindow, smoothing: Double, value: (StepEstimates) -> Double?
  ) -> [CurveColumn] {
    var average = MovingAverage(weight: smoothing)
    var result: [CurveColumn] = []
    for point in points.prefix(while: { $0.step <= window.lastStep }) {
      guard let value = value(point) else { continue }
      average.add(value)
      guard point.step >= window.firstStep else { continue }
      result.gather(value, column: window.column(ofStep: point.step), smoothed: average.value)
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

extension DivergenceDirection {
  /// `D(policy‖reference)`.
  func name(glyphs: GlyphSet) -> String {
    let sign = glyphs.marks.parallel
    return self == .policyReference ? "D(policy\(sign)reference)" : "D(reference\(sign)policy)"
  }
}
