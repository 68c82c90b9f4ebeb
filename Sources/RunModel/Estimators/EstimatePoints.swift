package import Curves
internal import Divergence

/// Estimates and bounds of the divergence as curves: drawing them costs the columns of the chart, not the points.
package struct EstimatePoints: Sendable {
  /// What is drawn of a step, nats.
  package enum Quantity: Int, CaseIterable, Sendable {
    /// Means of the estimators over the step's tokens.
    case k1, k2, k3
    /// Means of the lower bounds of D(π_θ‖π_θ0) and D(π_θ0‖π_θ).
    case policyReferenceBound, referencePolicyBound
  }

  /// A row for each step.
  private var rows = RowTable()
  private var branches = Array(repeating: SeriesBranch(), count: Quantity.allCases.count)

  init() {}

  /// True where any step has this quantity.
  package func has(_ quantity: Quantity) -> Bool { branches[quantity.rawValue].count > 0 }

  /// The points of a quantity.
  package func points(_ quantity: Quantity) -> CurvePoints {
    CurvePoints(branches[quantity.rawValue], rows: rows)
  }

  /// Forgets the points from `step` on.
  mutating func truncate(from step: Int) {
    guard rows.count > 0, rows.step(rows.count - 1) >= step else { return }
    for index in branches.indices { _ = branches[index].split(from: step, rows: rows) }
    rows.truncate(to: (0..<rows.count).firstIndex(fromWhich: { rows.step($0) >= step }))
  }

  /// Takes the points from `step` on anew.
  mutating func update(from step: Int, of points: [StepEstimates]) {
    truncate(from: step)
    for index in points.partitionPoint({ $0.step < step })..<points.count { append(points[index]) }
  }

  private mutating func append(_ point: StepEstimates) {
    let row = rows.count
    rows.append(step: point.step, time: .nan)
    for quantity in Quantity.allCases {
      guard let value = quantity.value(of: point) else { continue }
      // Rows come in the order of their steps, so that no point has to wait for its place.
      _ = branches[quantity.rawValue].add(value, row: row, step: point.step)
    }
  }
}

extension EstimatePoints.Quantity {
  fileprivate func value(of point: StepEstimates) -> Double? {
    switch self {
    case .k1: point.tokens?.k1.mean
    case .k2: point.tokens?.k2.mean
    case .k3: point.tokens?.k3.mean
    case .policyReferenceBound: point.bounds?.policyReference.mean
    case .referencePolicyBound: point.bounds?.referencePolicy.mean
    }
  }
}
