package import Curves
package import Divergence

/// The points of a divergence as curves: drawing them costs the columns of the chart, not the points.
package struct DivergenceCurves: Sendable {
  /// What is drawn of a point.
  package enum Quantity: Int, CaseIterable, Sendable {
    /// Mean of D(π_θ‖π_θ0), nats, and the ends of its standard error.
    case policyReference, policyReferenceLower, policyReferenceUpper
    /// The same of D(π_θ0‖π_θ).
    case referencePolicy, referencePolicyLower, referencePolicyUpper
    /// Fraction of rows with the same likeliest entry, 0…1.
    case sameTop1
    /// The KL the log gives in the same records as the logits, nats.
    case logged
  }

  /// A row for each point.
  private var rows = RowTable()
  private var branches = Array(repeating: SeriesBranch(), count: Quantity.allCases.count)

  init() {}

  init(_ points: [StepDivergence]) {
    for point in points { append(point) }
  }

  /// True where any point has this quantity.
  package func has(_ quantity: Quantity) -> Bool { branches[quantity.rawValue].count > 0 }

  /// The curve of a quantity in a chart.
  ///
  /// - Parameter smoothing: weight of the past in the moving average, 0 (none) … below 1.
  package func columns(_ quantity: Quantity, _ window: CurveWindow, smoothing: Double) -> [CurveColumn] {
    points(quantity).columns(window, smoothing: smoothing)
  }

  /// The points of a quantity.
  package func points(_ quantity: Quantity) -> CurvePoints {
    CurvePoints(branches[quantity.rawValue], rows: rows)
  }

  /// Forgets the points from `step` on.
  mutating func truncate(from step: Int) {
    for index in branches.indices { _ = branches[index].split(from: step, rows: rows) }
    rows.truncate(to: (0..<rows.count).firstIndex(fromWhich: { rows.step($0) >= step }))
  }

  /// Takes the points from `step` on anew.
  mutating func update(from step: Int, of points: ArraySlice<StepDivergence>) {
    truncate(from: step)
    let start = (points.startIndex..<points.endIndex).firstIndex(fromWhich: { points[$0].step >= step })
    for index in start..<points.endIndex { append(points[index]) }
  }

  private mutating func append(_ point: StepDivergence) {
    let row = rows.count
    rows.append(step: point.step, time: .nan)
    add(point.policyReference, .policyReference, .policyReferenceLower, .policyReferenceUpper, row: row)
    add(point.referencePolicy, .referencePolicy, .referencePolicyLower, .referencePolicyUpper, row: row)
    add(point.sameTop1, .sameTop1, row: row)
    if let logged = point.logged { add(logged, .logged, row: row) }
  }

  private mutating func add(
    _ statistics: RowStatistics, _ mean: Quantity, _ lower: Quantity, _ upper: Quantity, row: Int
  ) {
    add(statistics.mean, mean, row: row)
    guard let error = statistics.shownError else { return }
    // A divergence is never negative.
    add(max(0, statistics.mean - error), lower, row: row)
    add(statistics.mean + error, upper, row: row)
  }

  private mutating func add(_ value: Double, _ quantity: Quantity, row: Int) {
    // Rows come in the order of their steps, so that no point has to wait for its place.
    _ = branches[quantity.rawValue].add(value, row: row, step: rows.step(row))
  }
}

extension RowStatistics {
  /// The standard error to show: by sample where that can be told, since tokens of one sequence depend on each other;
  /// `nil` where it is not finite.
  package var shownError: Double? {
    (standardErrorBySample ?? standardError).flatMap { $0.isFinite ? $0 : nil }
  }
}
