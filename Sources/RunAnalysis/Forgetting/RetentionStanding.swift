internal import Curves
internal import RunModel

/// What became of a retention metric since the start of the run.
package struct RetentionStanding: Sendable, Hashable {
  package struct Point: Sendable, Hashable {
    package var step: Int
    package var value: Double
  }

  package var metric: RetentionMetric
  /// The first evaluation.
  package var start: Point
  /// The last evaluation.
  package var now: Point
  /// The best finite value so far, at its first step; `nil` where none is finite.
  package var best: Point?
  /// The best finite value before the last evaluation; `nil` for the first evaluation.
  package var bestBefore: Double?
  /// Standard error of the last value, where the log has one beside it; in the metric's unit.
  package var standardError: Double?
  package var count: Int
  /// False for an accuracy or score that is not a fraction between 0 and 1.
  package var isFraction: Bool

  /// Now − start: positive is better for accuracies and scores, worse for losses and perplexities.
  package var change: Double { now.value - start.value }

  /// Now − start as a share of the start; `nil` where the start is 0.
  package var relativeChange: Double? { start.value == 0 ? nil : change / abs(start.value) }

  /// Now − best: never better than 0.
  package var sinceBest: Double? { best.map { now.value - $0.value } }

  /// What was lost since the best evaluation before this one (Chaudhry et al. 2018, "Riemannian Walk"): positive is
  /// worse for every kind of metric, negative where this evaluation is the best.
  package var forgetting: Double? {
    bestBefore.map { metric.kind.isHigherBetter ? $0 - now.value : now.value - $0 }
  }

  /// What was won since the start (Lopez-Paz & Ranzato 2017, GEM): positive is better for every kind of metric.
  package var backwardTransfer: Double { metric.kind.isHigherBetter ? change : -change }

  /// True where it is worse than at the start.
  package var isWorse: Bool { backwardTransfer < 0 }
}

extension RunModel {
  /// Where a metric stood at a step; `nil` before its first evaluation.
  package func standing(of metric: RetentionMetric, at step: Int = .max) -> RetentionStanding? {
    let branch = series[metric.id].current
    let count = step == .max ? branch.count : branch.upperBound(step: step, rows: rows)
    guard count > 0 else { return nil }
    let last = count - 1
    let all = branch.extent(of: 0..<count)
    let before = branch.extent(of: 0..<last)
    let isHigherBetter = metric.kind.isHigherBetter
    return RetentionStanding(
      metric: metric, start: point(0, of: branch), now: point(last, of: branch),
      best: all.hasFinite
        ? branch.firstIndex(of: isHigherBetter ? all.maximum : all.minimum, before: count)
          .map { point($0, of: branch) }
        : nil,
      bestBefore: before.hasFinite ? (isHigherBetter ? before.maximum : before.minimum) : nil,
      standardError: standardError(beside: metric, at: branch.step(last, rows: rows)), count: count,
      isFraction: metric.kind.isHigherBetter && all.hasFinite && all.minimum >= 0 && all.maximum <= 1)
  }

  private func point(_ index: Int, of branch: SeriesBranch) -> RetentionStanding.Point {
    RetentionStanding.Point(step: branch.step(index, rows: rows), value: branch.value(index))
  }

  /// The value of `KEY_stderr` at a step, as evaluation harnesses log it.
  private func standardError(beside metric: RetentionMetric, at step: Int) -> Double? {
    guard let partner = series(named: metric.name + "_stderr")?.current, partner.count > 0 else { return nil }
    let end = partner.upperBound(step: step, rows: rows)
    guard end > 0, partner.step(end - 1, rows: rows) == step else { return nil }
    return partner.value(end - 1).finite
  }
}

extension SeriesBranch {
  /// Index of the first point with a value that is the largest or the smallest of all, found by halving.
  func firstIndex(of extreme: Double, before end: Int) -> Int? {
    var range = 0..<end
    func holds(_ part: Range<Int>) -> Bool {
      let extent = extent(of: part)
      return extent.minimum == extreme || extent.maximum == extreme
    }
    guard holds(range) else { return nil }
    while range.count > 1 {
      let middle = range.lowerBound + range.count / 2
      let front = range.lowerBound..<middle
      range = holds(front) ? front : middle..<range.upperBound
    }
    return range.lowerBound
  }

  /// Index of the first point beyond a limit, found by halving; `nil` where there is none.
  func firstIndex(beyond limit: Double, upwards: Bool) -> Int? {
    var range = 0..<count
    func holds(_ part: Range<Int>) -> Bool {
      let extent = extent(of: part)
      if extent.nonfinite.contains(upwards ? .positiveInfinity : .negativeInfinity) { return true }
      return upwards ? extent.maximum > limit : extent.minimum < limit
    }
    guard holds(range) else { return nil }
    while range.count > 1 {
      let middle = range.lowerBound + range.count / 2
      let front = range.lowerBound..<middle
      range = holds(front) ? front : middle..<range.upperBound
    }
    return range.lowerBound
  }
}
