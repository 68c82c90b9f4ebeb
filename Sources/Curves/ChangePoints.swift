/// Places where a series jumps and stays: a step is fitted into a parabola around each point.
///
/// Conservative on purpose: noise, smooth decays and bends have none, and of a random walk only what looks like a jump.
package struct ChangePoint: Sendable, Hashable {
  /// Index of the first value behind the jump.
  package var index: Int
  /// How far the series jumps.
  package var size: Double
}

package enum ChangePoints {
  /// Values on each side that a jump is told from.
  static let sideCount = 8
  /// A jump in units of its standard error.
  private static let leastEvidence = 10.0
  /// A jump as a share of everything between the smallest and the largest value: noise makes one of a fifth a bit
  /// smaller.
  private static let leastShare = 0.18
  private static let most = 3
  /// Values that differ by less than this share of themselves are the same.
  private static let rounding = 1e-9

  /// The largest jumps of some values at even distances, in their order.
  package static func all(in values: [Double]) -> [ChangePoint] {
    let values = values.map { $0.isFinite ? $0 : .nan }
    let finite = values.filter { !$0.isNaN }
    guard values.count >= 3 * sideCount, let low = finite.min(), let high = finite.max(),
      high - low > rounding * max(abs(low), abs(high))
    else { return [] }
    var found: [ChangePoint] = []
    let least = leastShare * (high - low)
    let jumps = (sideCount...values.count - sideCount).compactMap { jump(at: $0, of: values, least: least) }
    for jump in jumps.sorted(by: { abs($0.size) > abs($1.size) }) where found.count < most {
      if found.allSatisfy({ abs($0.index - jump.index) >= 2 * sideCount }) { found.append(jump) }
    }
    return found.sorted { $0.index < $1.index }
  }

  private static func jump(at index: Int, of values: [Double], least: Double) -> ChangePoint? {
    let window = values[index - sideCount..<index + sideCount]
    var size = 0.0
    for (weight, value) in zip(stepWeights, window) { size += weight * value }
    // NaN among the values makes this false.
    guard abs(size) >= least, size != 0 else { return nil }
    guard let fit = LeastSquares.solve(columns: columns, values: Array(window)) else { return nil }
    let variance = fit.residual / Double(2 * sideCount - columns.count)
    let error = (variance * stepVariance).squareRoot()
    return abs(size) >= leastEvidence * error ? ChangePoint(index: index, size: size) : nil
  }

  private static let places = (0..<2 * sideCount).map { (Double($0) + 0.5) / Double(sideCount) - 1 }
  private static let columns = [
    places.map { _ in 1.0 }, places, places.map { $0 * $0 }, places.map { $0 > 0 ? 1.0 : 0 },
  ]
  /// What each value counts for the step: the fit is linear in them.
  private static let stepWeights: [Double] = places.indices.map { index in
    var unit = places.map { _ in 0.0 }
    unit[index] = 1
    return LeastSquares.solve(columns: columns, values: unit)?.coefficients[3] ?? 0
  }
  /// Variance of the step for values of variance 1.
  private static let stepVariance = stepWeights.reduce(0) { $0 + $1 * $1 }
}
