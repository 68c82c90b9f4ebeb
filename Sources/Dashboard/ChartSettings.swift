/// How all charts are drawn.
package struct ChartSettings: Sendable, Hashable {
  /// Weight of the past in the moving average, 0 … 0.99.
  package var smoothing = 0.0
  /// Panels with a logarithmic scale.
  package var logarithmic: Set<Panel> = []
  /// Steps shown; `nil` is the whole run.
  package var window: ClosedRange<Int>?
  /// Branches that restarts replaced are drawn, dimmed.
  package var showsAbandoned = true
  /// The direction of D that is drawn.
  package var direction = DivergenceDirection.policyReference

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

/// Zooming and panning over steps.
enum StepWindow {
  /// The part of `window` around `center`, `factor` times as wide, within `bounds`; `nil` where that is everything.
  static func zoomed(
    _ window: ClosedRange<Int>, by factor: Double, around center: Int, within bounds: ClosedRange<Int>
  ) -> ClosedRange<Int>? {
    let span = Double(window.upperBound - window.lowerBound)
    let newSpan = max(Double(minimumSpan), (span * factor).rounded())
    guard newSpan < Double(bounds.upperBound - bounds.lowerBound) else { return nil }
    let share = span > 0 ? Double(center - window.lowerBound) / span : 1
    let lower = Double(center) - newSpan * min(max(share, 0), 1)
    return fitted(lower: Int(lower.rounded()), span: Int(newSpan), within: bounds)
  }

  /// `window` moved by a share of its width, stopped at the ends of `bounds`.
  static func panned(_ window: ClosedRange<Int>, by share: Double, within bounds: ClosedRange<Int>) -> ClosedRange<Int> {
    let span = window.upperBound - window.lowerBound
    let offset = Int((Double(span) * share).rounded())
    return fitted(lower: window.lowerBound + offset, span: span, within: bounds)
  }

  /// Last step of an axis for a run that grows: with room for what is to come, at a round number, so that the axis
  /// seldom has to change.
  ///
  /// - Parameter expected: steps that are soon to come.
  static func roundEnd(after steps: ClosedRange<Int>, expected: Int) -> Int {
    let span = steps.upperBound - steps.lowerBound
    let room = min(expected, max(span / 2, 50))
    var unit = 1
    var turn = 0
    while unit < (span + room) / 10 {
      // 1, 2, 5, 10, 20, 50, …
      unit = turn % 3 == 1 ? unit / 2 * 5 : unit * 2
      turn += 1
    }
    let (end, overflow) = steps.upperBound.addingReportingOverflow(room + unit - 1)
    return overflow ? steps.upperBound : max(end / unit * unit, steps.upperBound)
  }

  /// Fewer steps than this tell nothing.
  private static let minimumSpan = 8

  private static func fitted(lower: Int, span: Int, within bounds: ClosedRange<Int>) -> ClosedRange<Int> {
    let span = min(span, bounds.upperBound - bounds.lowerBound)
    let start = min(max(lower, bounds.lowerBound), bounds.upperBound - span)
    return start...(start + span)
  }
}
