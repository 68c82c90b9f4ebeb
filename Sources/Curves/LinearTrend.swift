/// The straight line through some points, by ordinary least squares, with what its slope may be.
package struct LinearTrend: Sendable, Hashable {
  package let count: Int
  /// Change of y for each x.
  package let slope: Double
  /// Standard error of the slope; 0 where the points lie on the line.
  package let slopeError: Double
  private let center: (x: Double, y: Double)

  /// `nil` for fewer than three finite points, or where all x are the same.
  package init?(x: [Double], y: [Double]) {
    let points = zip(x, y).filter { $0.isFinite && $1.isFinite }
    guard points.count >= 3 else { return nil }
    let number = Double(points.count)
    let meanX = points.reduce(0) { $0 + $1.0 / number }
    let meanY = points.reduce(0) { $0 + $1.1 / number }
    let squares = points.reduce(0) { $0 + ($1.0 - meanX) * ($1.0 - meanX) }
    guard squares > 0, squares.isFinite else { return nil }
    let slope = points.reduce(0) { $0 + ($1.0 - meanX) * ($1.1 - meanY) } / squares
    let left = points.reduce(0.0) {
      let rest = $1.1 - meanY - slope * ($1.0 - meanX)
      return $0 + rest * rest
    }
    count = points.count
    self.slope = slope
    slopeError = (left / (number - 2) / squares).squareRoot()
    center = (meanX, meanY)
  }

  /// The line at `x`.
  package func value(at x: Double) -> Double { center.y + slope * (x - center.x) }

  /// The slopes that 95 of 100 such intervals cover the true one with (Student's t).
  package var slopes: ClosedRange<Double> {
    let reach = StudentT.quantile975(degrees: count - 2) * slopeError
    return slope - reach...slope + reach
  }

  /// Slope in units of its error; infinite where the points lie on a line that is not level.
  package var evidence: Double {
    if slopeError > 0 { return slope / slopeError }
    return slope == 0 ? 0 : slope > 0 ? .infinity : -.infinity
  }

  package static func == (left: LinearTrend, right: LinearTrend) -> Bool {
    left.count == right.count && left.slope == right.slope && left.slopeError == right.slopeError
      && left.center == right.center
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(slope) }
}

/// Student's t distribution.
package enum StudentT {
  private static let few = [12.7062, 4.3027, 3.1824, 2.7764, 2.5706]

  /// The 97.5 % quantile, to three digits: tabulated, then the expansion of Cornish and Fisher.
  package static func quantile975(degrees: Int) -> Double { quantile975(degrees: Double(max(1, degrees))) }

  /// The same of degrees of freedom that may be a fraction, from 1 on; between those of the table it is rather too large.
  package static func quantile975(degrees n: Double) -> Double {
    guard n >= Double(few.count) else {
      let below = max(1, n.rounded(.down))
      let (low, high) = (few[Int(below) - 1], few[Int(below)])
      return high + (low - high) * (1 / max(1, n) - 1 / (below + 1)) / (1 / below - 1 / (below + 1))
    }
    let z = 1.959964
    let z3 = z * z * z
    let z5 = z3 * z * z
    let first = (z3 + z) / 4
    let second = (5 * z5 + 16 * z3 + 3 * z) / 96
    let third = (3 * z5 * z * z + 19 * z5 + 17 * z3 - 15 * z) / 384
    return z + first / n + second / (n * n) + third / (n * n * n)
  }
}
