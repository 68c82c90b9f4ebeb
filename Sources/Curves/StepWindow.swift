/// Zooming and panning over steps.
package enum StepWindow {
  /// The part of `window` around `center`, `factor` times as wide, within `bounds`; `nil` where that is everything.
  package static func zoomed(
    _ window: ClosedRange<Int>, by factor: Double, around center: Int, within bounds: ClosedRange<Int>
  ) -> ClosedRange<Int>? {
    let newSpan = max(minimumSpan, (window.span * factor).rounded())
    guard newSpan < bounds.span else { return nil }
    let share = window.span > 0 ? (Double(center) - Double(window.lowerBound)) / window.span : 1
    return fitted(lower: Double(center) - newSpan * min(max(share, 0), 1), span: newSpan, within: bounds)
  }

  /// `window` moved by a share of its width, stopped at the ends of `bounds`.
  package static func panned(_ window: ClosedRange<Int>, by share: Double, within bounds: ClosedRange<Int>)
    -> ClosedRange<Int>
  {
    let offset = (window.span * share).rounded()
    return fitted(lower: Double(window.lowerBound) + offset, span: window.span, within: bounds)
  }

  /// A window of the same width that ends at `last`.
  package static func ending(at last: Int, as window: ClosedRange<Int>, within bounds: ClosedRange<Int>)
    -> ClosedRange<Int>
  {
    fitted(lower: Double(last) - window.span, span: window.span, within: bounds)
  }

  /// Last step of an axis for a run that grows: with room for what is to come, at a round number, so that the axis
  /// seldom has to change.
  ///
  /// - Parameter expected: steps that are soon to come.
  package static func roundEnd(after steps: ClosedRange<Int>, expected: Double) -> Int {
    // As much again at most: the points there are have half of the width.
    let room = min(max(expected, 10), max(steps.span, 10))
    var unit = 1.0
    var turn = 0
    while unit < ((steps.span + room) / 10).rounded(.down) {
      // 1, 2, 5, 10, 20, 50, …
      unit = turn % 3 == 1 ? unit / 2 * 5 : unit * 2
      turn += 1
    }
    let end = ((Double(steps.upperBound) + room) / unit).rounded(.up) * unit
    return max(Int(nearest: end), steps.upperBound)
  }

  /// Fewer steps than this tell nothing.
  private static let minimumSpan = 8.0

  private static func fitted(lower: Double, span: Double, within bounds: ClosedRange<Int>) -> ClosedRange<Int>
  {
    let span = min(span, bounds.span)
    let start = min(max(lower, Double(bounds.lowerBound)), Double(bounds.upperBound) - span)
    let first = max(bounds.lowerBound, Int(nearest: start))
    return first...max(first, min(bounds.upperBound, Int(nearest: start + span)))
  }
}

extension ClosedRange<Int> {
  /// Steps from one end to the other, in float64: a log may name any integer, and the difference of two can overflow.
  package var span: Double { Double(upperBound) - Double(lowerBound) }
}

extension Int {
  /// The nearest integer there is.
  package init(nearest value: Double) {
    self = value >= 0x1p63 ? .max : value <= -0x1p63 ? .min : Int(exactly: value.rounded()) ?? 0
  }
}
