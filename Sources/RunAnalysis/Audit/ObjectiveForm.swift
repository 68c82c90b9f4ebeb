internal import RealModule

/// Tells a constant weight of the KL from one that changes, and from a total that is divided by a number.
struct ObjectiveForm {
  private let points: [ObjectivePoint]

  init(_ points: [ObjectivePoint]) { self.points = points.filter(\.isFinite) }

  /// The weight and its form; `nil` where the numbers do not tell it.
  var slope: (slope: ObjectiveRegression.Slope, form: ObjectiveEstimate.Form)? {
    if let divided { return divided }
    guard let slope = ObjectiveRegression(points: points).slope else { return nil }
    guard isConstant(slope) else { return changing }
    // A line through a weight that moves explains most of it, but not all.
    if slope.unexplained > Self.mostUnexplained, let changing { return changing }
    return (slope, .constant)
  }

  // MARK: - A weight that changes

  /// What a constant weight leaves unexplained at most before a smooth course is believed instead.
  private static let mostUnexplained = 1e-3
  /// Fewer points tell no change.
  private static let fewestPoints = 16
  /// Slopes of the two halves of a constant weight lie within so many errors of each other …
  private static let halvesEvidence = 5.0
  /// … or within this share of the larger one.
  private static let halvesShare = 0.02

  /// True where both halves of the run have the same weight.
  private func isConstant(_ slope: ObjectiveRegression.Slope) -> Bool {
    guard points.count >= Self.fewestPoints else { return true }
    let middle = points.count / 2
    guard let first = ObjectiveRegression(points: points[..<middle]).slope,
      let second = ObjectiveRegression(points: points[middle...]).slope
    else { return true }
    let apart = abs(first.value - second.value)
    let error = Double.hypot(first.error ?? 0, second.error ?? 0)
    return apart <= Self.halvesEvidence * error
      || apart <= Self.halvesShare * max(abs(first.value), abs(second.value))
  }

  /// Neighbouring weights of a smooth course differ by less than this share of the whole change …
  private static let smoothShare = 0.1
  /// … which some weights at each end, where the KL is next to nothing, say nothing about.
  private static let outlyingShare = 0.05
  /// A course leads from the first tenth to the last tenth over at least this share of the range.
  private static let courseShare = 0.5
  /// A weight is reached where it stays within this share of its last value.
  private static let reachedShare = 0.02

  /// A weight that goes smoothly from one value to another one; `nil` where it jumps about.
  private var changing: (slope: ObjectiveRegression.Slope, form: ObjectiveEstimate.Form)? {
    let usable = points.filter { $0.kl > 0 }
    guard usable.count >= Self.fewestPoints, let greatest = usable.map(\.kl).max() else { return nil }
    // Where the KL is next to nothing rounding is all that is left.
    let told = usable.filter { $0.kl >= greatest * 1e-3 }
    let weights = told.map { ($0.total - $0.fineTune) / $0.kl }
    guard weights.count >= Self.fewestPoints else { return nil }
    let sorted = weights.sorted()
    let outlying = Int(Double(sorted.count) * Self.outlyingShare)
    let (low, high) = (sorted[outlying], sorted[sorted.count - 1 - outlying])
    guard high > low else { return nil }
    let jumps = zip(weights, weights.dropFirst()).map { abs($1 - $0) }.sorted()
    guard jumps[jumps.count / 2] <= Self.smoothShare * (high - low) else { return nil }
    let tenth = max(1, weights.count / 10)
    let (first, last) = (weights.prefix(tenth).sorted(), weights.suffix(tenth).sorted())
    let end = last[tenth / 2]
    // What goes up and down and ends where it began is noise, however smooth.
    guard abs(end - first[tenth / 2]) >= Self.courseShare * (high - low) else { return nil }
    let beginning = weights[0]
    let isThere = weights.map { abs($0 - end) <= Self.reachedShare * max(abs(end), high - low) }
    let reached = isThere.lastIndex(of: false).map { $0 + 1 } ?? 0
    // What moves to the very end has reached nothing.
    let reachedAt = reached < weights.count * 9 / 10 ? told[reached].step : nil
    let slope = ObjectiveRegression.Slope(value: end, error: nil, steps: told.count, unexplained: 0)
    return (slope, .changing(from: beginning, reachedAt: reachedAt))
  }

  // MARK: - A total that is divided

  /// What a divided total leaves unexplained at most, as a share of its square.
  private static let dividedResidual = 1e-9
  /// A divisor is whole to within this.
  private static let wholeness = 0.01

  /// total = (fine-tune + λ·KL) ÷ n for a whole n of 2 or more; `nil` where that does not hold.
  private var divided: (slope: ObjectiveRegression.Slope, form: ObjectiveEstimate.Form)? {
    guard points.count >= Self.fewestPoints else { return nil }
    var sums = (ff: 0.0, fk: 0.0, kk: 0.0, tf: 0.0, tk: 0.0, tt: 0.0)
    for point in points {
      sums.ff += point.fineTune * point.fineTune
      sums.fk += point.fineTune * point.kl
      sums.kk += point.kl * point.kl
      sums.tf += point.total * point.fineTune
      sums.tk += point.total * point.kl
      sums.tt += point.total * point.total
    }
    let determinant = sums.ff * sums.kk - sums.fk * sums.fk
    guard determinant > 1e-9 * sums.ff * sums.kk, sums.tt > 0 else { return nil }
    let share = (sums.tf * sums.kk - sums.tk * sums.fk) / determinant
    let weight = (sums.tk * sums.ff - sums.tf * sums.fk) / determinant
    let residual = points.reduce(0.0) { sum, point in
      let rest = point.total - share * point.fineTune - weight * point.kl
      return sum + rest * rest
    }
    guard share > 0, residual <= Self.dividedResidual * sums.tt else { return nil }
    let divisor = (1 / share).rounded()
    guard divisor >= 2, divisor <= 65_536, abs(1 / share - divisor) <= Self.wholeness * divisor else {
      return nil
    }
    let variance = residual / Double(points.count - 2)
    let error = (variance * sums.ff / determinant).squareRoot() / share
    let slope = ObjectiveRegression.Slope(
      value: weight / share, error: error, steps: points.count, unexplained: residual / sums.tt)
    return (slope, .divided(by: Int(divisor)))
  }
}
