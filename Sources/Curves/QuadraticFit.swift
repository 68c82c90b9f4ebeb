/// The parabola that fits some points best, by least squares.
///
/// Solved with Householder reflections on centred and scaled x, so that steps in the millions and divergences of 10⁻⁸
/// keep their digits.
package struct QuadraticFit: Sendable, Hashable {
  /// Points it was fitted to.
  package let count: Int
  /// Share of the variance that it explains, at most 1; `nil` where all y are the same.
  package let rSquared: Double?
  private let center: Double
  private let scale: Double
  /// Of 1, u and u² with u = (x − center) ÷ scale.
  private let scaled: [Double]

  /// Fewer points say nothing about a curve of three coefficients.
  package static let fewestPoints = 5

  /// `nil` for fewer than five finite points, or fewer than three different x.
  package init?(x: [Double], y: [Double]) {
    let points = zip(x, y).filter { $0.isFinite && $1.isFinite }
    guard points.count >= Self.fewestPoints, Set(points.map(\.0)).count >= 3 else { return nil }
    let number = Double(points.count)
    let center = points.reduce(0) { $0 + $1.0 / number }
    let scale = points.map { abs($0.0 - center) }.max() ?? 1
    let u = points.map { ($0.0 - center) / scale }
    guard
      let solution = LeastSquares.solve(
        columns: [u.map { _ in 1 }, u, u.map { $0 * $0 }], values: points.map(\.1))
    else { return nil }
    count = points.count
    self.center = center
    self.scale = scale
    scaled = solution.coefficients
    let mean = points.reduce(0) { $0 + $1.1 / number }
    let total = points.reduce(0) { $0 + ($1.1 - mean) * ($1.1 - mean) }
    rSquared = total > 0 ? 1 - solution.residual / total : nil
  }

  /// The curve at `x`.
  package func value(at x: Double) -> Double {
    let u = (x - center) / scale
    return scaled[0] + u * (scaled[1] + u * scaled[2])
  }

  /// Coefficients of 1, x and x².
  package var coefficients: (constant: Double, linear: Double, square: Double) {
    let (b, c) = (scaled[1] / scale, scaled[2] / scale / scale)
    return (scaled[0] - center * (b - center * c), b - 2 * center * c, c)
  }
}

/// Linear least squares for a few columns.
enum LeastSquares {
  /// The coefficients of `columns` that come nearest to `values`, and the squares that are left; `nil` where the columns
  /// depend on each other.
  static func solve(columns: [[Double]], values: [Double]) -> (coefficients: [Double], residual: Double)? {
    var matrix = columns
    var right = values
    for pivot in matrix.indices {
      let norm = matrix[pivot][pivot...].reduce(0) { $0 + $1 * $1 }.squareRoot()
      let whole = columns[pivot].reduce(0) { $0 + $1 * $1 }.squareRoot()
      guard norm > 1e-12 * whole, norm.isFinite else { return nil }
      var mirror = Array(matrix[pivot][pivot...])
      mirror[0] += mirror[0] < 0 ? -norm : norm
      let length = mirror.reduce(0) { $0 + $1 * $1 }
      for column in pivot..<matrix.count { reflect(&matrix[column], from: pivot, mirror, length) }
      reflect(&right, from: pivot, mirror, length)
    }
    var coefficients = Array(repeating: 0.0, count: columns.count)
    for row in coefficients.indices.reversed() {
      let known = (row + 1..<columns.count).reduce(0) { $0 + matrix[$1][row] * coefficients[$1] }
      coefficients[row] = (right[row] - known) / matrix[row][row]
    }
    return (coefficients, right[columns.count...].reduce(0) { $0 + $1 * $1 })
  }

  private static func reflect(_ vector: inout [Double], from start: Int, _ mirror: [Double], _ length: Double)
  {
    let share = 2 * mirror.indices.reduce(0) { $0 + mirror[$1] * vector[start + $1] } / length
    for index in mirror.indices { vector[start + index] -= share * mirror[index] }
  }
}
