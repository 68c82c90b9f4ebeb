package import RunModel

/// How all charts are drawn.
package struct ChartSettings: Sendable, Hashable {
  /// Weight of the past in the moving average, 0 … 0.99.
  package var smoothing = 0.0
  /// Panels with a logarithmic scale.
  package var logarithmic: Set<Panel> = []
  /// Steps shown; `nil` is the whole run.
  package var window: ClosedRange<Int>?
  /// The window ends where the run does, and moves on with it.
  package var followsTail = false
  /// The step of the crosshair; `nil` while there is none.
  package var cursor: Int?
  /// Branches that restarts replaced are drawn, dimmed.
  package var showsAbandoned = true
  /// The value axis covers 5 to 95 % of the values, not the outliers.
  package var isRobust = false
  /// What lies along the x axis, where the log tells it.
  package var xAxis = XQuantity.Kind.step
  /// The direction of D that is drawn.
  package var direction = DivergenceDirection.policyReference
  /// Column in which the mouse was pressed over a chart; `nil` where it was not.
  var dragStart: Int?
  /// What the last key could not do, said until the next one.
  package var remark: String?

  package static let smoothingLevels: [Double] = [0, 0.3, 0.6, 0.8, 0.9, 0.95, 0.99]

  mutating func changeSmoothing(by offset: Int) {
    let levels = Self.smoothingLevels
    let nearest = levels.indices.min { abs(levels[$0] - smoothing) < abs(levels[$1] - smoothing) } ?? 0
    smoothing = levels[min(max(nearest + offset, 0), levels.count - 1)]
  }
}

/// The two arguments of a divergence, always named: "forward" and "reverse" mean different things to different people.
package enum DivergenceDirection: Sendable, Hashable {
  case policyReference
  case referencePolicy

  var swapped: DivergenceDirection { self == .policyReference ? .referencePolicy : .policyReference }
}
