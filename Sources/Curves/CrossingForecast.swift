/// When a curve reaches a level, if it goes on along the straight line through its last points.
///
/// The interval is Fieller's (1954): every x at which the line may have the level, which counts what is not known of the
/// present value and of the slope alike. Residuals that depend on their neighbours make it wider: their variance is taken
/// (1 + ρ)/(1 − ρ) times as large, with ρ their correlation corrected for the bias of few points, and the degrees of
/// freedom become fewer by the same factor.
package struct CrossingForecast: Sendable, Hashable {
  package enum Outcome: Sendable, Hashable {
    /// The likeliest x, and a 95 % interval around it.
    case expected(at: Double, earliest: Double, latest: Double)
    /// It leads to the level, but so unsurely, or ever more slowly, that no date can be given.
    case noDate
    /// It leads away from the level, or nowhere.
    case away
    case tooFewPoints
  }

  package let outcome: Outcome

  /// Fewer points tell no rate.
  package static let fewestPoints = 5
  /// Points of a stretch that is taken for straight, at least where a longer one is bent.
  private static let fewestStraight = 8
  /// A bend is taken for one from so many of its standard errors on: rather no date than a wrong one.
  private static let leastBend = 1.0

  /// - Parameters:
  ///   - x: rising; the last one is the present.
  ///   - isUpper: the level is reached from below.
  package init(x: [Double], y: [Double], level: Double, isUpper: Bool) {
    let sign: Double = isUpper ? 1 : -1
    var points = ContiguousArray<(x: Double, y: Double)>()
    points.reserveCapacity(x.count)
    for (x, y) in zip(x, y) where x.isFinite && y.isFinite { points.append((x, sign * y)) }
    outcome = Self.outcome(points[...], level: sign * level)
  }

  private static func outcome(
    _ points: ContiguousArray<(x: Double, y: Double)>.SubSequence, level: Double
  ) -> Outcome {
    guard points.count >= fewestPoints, var line = LineFit(points), let now = points.last?.x else {
      return .tooFewPoints
    }
    var stretch = points
    // A curve that gets faster is as fast as its last part.
    while line.bend > leastBend, stretch.count / 2 >= fewestStraight {
      stretch = stretch.suffix(stretch.count / 2)
      guard let shorter = LineFit(stretch) else { break }
      line = shorter
    }
    guard line.slope > 0 else { return .away }
    guard line.bend >= -leastBend, let interval = line.interval(of: level) else { return .noDate }
    return .expected(
      at: max(now, line.meanX + (level - line.meanY) / line.slope), earliest: max(now, interval.lowerBound),
      latest: max(now, interval.upperBound))
  }
}

/// A straight line through points, and how far the points are from being on one.
private struct LineFit {
  let meanX: Double
  let meanY: Double
  let slope: Double
  /// The coefficient of a square in units of its standard error.
  let bend: Double
  private let count: Double
  /// Σ(x − x̄)².
  private let squares: Double
  /// Variance of one point around the line, as if points did not depend on each other.
  private let variance: Double
  /// How much more a mean of points that depend on each other varies.
  private let inflation: Double

  /// What rounding leaves of a sum of squares, as a share of it.
  private static let rounding = 1e-18
  private static let mostCorrelation = 0.9

  /// `nil` where all x are the same.
  init?(_ points: ContiguousArray<(x: Double, y: Double)>.SubSequence) {
    guard let first = points.first, let last = points.last, last.x > first.x else { return nil }
    let n = Double(points.count)
    let span = last.x - first.x
    var (sumX, sumY) = (0.0, 0.0)
    for point in points {
      sumX += (point.x - first.x) / span
      sumY += point.y - first.y
    }
    let (centreX, centreY) = (sumX / n, sumY / n)
    // In units of the span: powers of steps near the ends of the integers stay finite.
    var (uu, uuu, uuuu, uy, uuy, yy) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    for point in points {
      let u = (point.x - first.x) / span - centreX
      let y = point.y - first.y - centreY
      let square = u * u
      uu += square
      uuu += square * u
      uuuu += square * square
      uy += u * y
      uuy += square * y
      yy += y * y
    }
    guard uu > 0, yy.isFinite else { return nil }
    let rate = uy / uu
    var (rest, neighbours, before) = (0.0, 0.0, 0.0)
    for point in points {
      let residual = point.y - first.y - centreY - rate * ((point.x - first.x) / span - centreX)
      rest += residual * residual
      neighbours += residual * before
      before = residual
    }
    if rest <= Self.rounding * yy { rest = 0 }
    (meanX, meanY) = (first.x + centreX * span, first.y + centreY)
    (count, slope, squares) = (n, rate / span, uu * span * span)
    variance = rest / (n - 2)
    inflation = Self.inflation(rest > 0 ? neighbours / rest : 0, count: n)
    // The square without what a line explains of it: u² − ū² − u·Σu³/Σu².
    let own = uuuu - uu * uu / n - uuu * uuu / uu
    let explained = uuy - uuu * rate
    guard own > 1e-12, rest > 0, n > 3 else {
      bend = 0
      return
    }
    let left = max(0, rest - explained * explained / own)
    let error = (left / (n - 3) * inflation * own).squareRoot()
    bend = error > 0 ? explained / error : explained > 0 ? .infinity : -.infinity
  }

  /// Of residuals around a fitted line neighbours look less alike than they are.
  private static func inflation(_ correlation: Double, count: Double) -> Double {
    let corrected = correlation + (2 + 4 * max(0, correlation)) / count
    let bounded = min(mostCorrelation, max(0, corrected))
    return (1 + bounded) / (1 - bounded)
  }

  /// Where the line may have a level, with 95 %; `nil` where it may never have it.
  func interval(of level: Double) -> ClosedRange<Double>? {
    let degrees = max(1.5, max(3, count / inflation) - 2)
    let quantile = StudentT.quantile975(degrees: degrees)
    let reach = quantile * quantile * variance * inflation
    let a = slope * slope - reach / squares
    let b = slope * (meanY - level)
    let c = (meanY - level) * (meanY - level) - reach / count
    let root = b * b - a * c
    guard a > 0, root >= 0 else { return nil }
    let low = meanX + (-b - root.squareRoot()) / a
    let high = meanX + (-b + root.squareRoot()) / a
    return low.isFinite && high.isFinite ? low...max(low, high) : nil
  }
}
