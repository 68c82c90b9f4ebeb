/// Finite float64 numbers at the ends of what there is: where a difference, a half or a logarithm is not what it is
/// elsewhere.
package enum ExtremeNumbers {
  /// Zero, the smallest numbers, the ends of the denormals, the largest numbers, and the neighbours of one.
  package static let all: [Double] = {
    let positive: [Double] = [
      .leastNonzeroMagnitude, 2 * .leastNonzeroMagnitude, 3 * .leastNonzeroMagnitude,
      2_000 * .leastNonzeroMagnitude, .leastNormalMagnitude / 50, Double.leastNormalMagnitude.nextDown,
      .leastNormalMagnitude, 1e-300, 1e-17, 0.1, 1.0.nextDown, 1,
      1.0.nextUp, 3, 999_999.5, 1e15, 0x1p53, 1e300, 1e308, Double.greatestFiniteMagnitude.nextDown,
      .greatestFiniteMagnitude,
    ]
    return positive.reversed().map { -$0 } + [0] + positive
  }()

  /// Each of them with each that is larger.
  package static let ranges: [ClosedRange<Double>] = all.indices.flatMap { low in
    all[(low + 1)...].map { all[low]...$0 }
  }

  /// A number and its neighbour: around every power of two of both signs, and so around 0 and 1.
  ///
  /// - Parameter stride: of the exponents.
  package static func neighbours(every stride: Int = 1) -> [ClosedRange<Double>] {
    let exponents = Swift.stride(from: -1074, through: 1023, by: stride)
    let powers = [0, 1] + exponents.map { Double(sign: .plus, exponent: $0, significand: 1) }
    let positive = powers.flatMap { [$0.nextDown...$0, $0...$0.nextUp] }
    return positive + positive.map { (-$0.upperBound)...(-$0.lowerBound) }
  }
}
