internal import RealModule

/// One-sided tests of "it got worse": the probability of such a loss, or a larger one, if nothing changed.
enum Significance {
  /// Exact McNemar test on the same answers before and after; 1 where no more were lost than won.
  ///
  /// - Parameters:
  ///   - lost: answers that were right and are wrong.
  ///   - won: answers that were wrong and are right.
  static func mcnemar(lost: Int, won: Int) -> Double {
    let changed = lost + won
    guard lost > won else { return 1 }
    // P(X ≥ lost) of Bin(changed, ½), the largest term first.
    var term = Double.exp(logChoose(changed, lost) - Double(changed) * Double.log(2))
    var sum = 0.0
    for count in lost...changed {
      sum += term
      guard count < changed, term > sum * .ulpOfOne else { break }
      term *= Double(changed - count) / Double(count + 1)
    }
    return min(1, sum)
  }

  /// Fisher's exact test on right answers of `count` questions each, before and after.
  static func fisher(before: Int, after: Int, of count: Int) -> Double {
    let right = before + after
    guard count > 0, after >= 0, before <= count, right > 0, after < before else { return 1 }
    // P(X ≤ after) of the hypergeometric distribution: of 2·count questions, `right` right ones, count drawn.
    let total = 2 * count
    var term = Double.exp(
      logChoose(right, after) + logChoose(total - right, count - after) - logChoose(total, count))
    var sum = 0.0
    var drawn = after
    while drawn >= max(0, right - count) {
      sum += term
      guard drawn > 0, term > sum * .ulpOfOne else { break }
      term *=
        Double(drawn) * Double(total - right - count + drawn)
        / (Double(right - drawn + 1) * Double(count - drawn + 1))
      drawn -= 1
    }
    return min(1, sum)
  }

  /// P(Z ≥ z) of the standard normal distribution.
  static func normal(_ z: Double) -> Double { Double.erfc(z / 2.0.squareRoot()) / 2 }

  /// P(T ≥ t) of Student's t; degrees of freedom may be a fraction.
  static func student(_ t: Double, degrees: Double) -> Double {
    guard degrees > 0, !t.isNaN else { return 1 }
    let tail = incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5) / 2
    return t >= 0 ? tail : 1 - tail
  }

  /// Paired t test of "the mean of some differences is above 0"; 1 for fewer than two.
  static func pairedStudent(_ losses: [Double]) -> Double {
    let count = Double(losses.count)
    guard count > 1 else { return 1 }
    let mean = losses.reduce(0, +) / count
    let squares = losses.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let error = (squares / (count - 1) / count).squareRoot()
    if error == 0 { return mean > 0 ? 0 : 1 }
    return student(mean / error, degrees: count - 1)
  }

  private static func logChoose(_ count: Int, _ taken: Int) -> Double {
    guard (0...count).contains(taken) else { return -.infinity }
    return Double.logGamma(Double(count) + 1) - Double.logGamma(Double(taken) + 1)
      - Double.logGamma(Double(count - taken) + 1)
  }

  /// The regularised incomplete beta function I_x(a, b), by its continued fraction (DLMF 8.17.22), evaluated with
  /// Lentz's method.
  private static func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    guard x > 0 else { return 0 }
    guard x < 1 else { return 1 }
    // The fraction converges fast below the mean of the distribution.
    if x > (a + 1) / (a + b + 2) { return 1 - incompleteBeta(1 - x, b, a) }
    let front =
      Double.exp(
        Double.logGamma(a + b) - Double.logGamma(a) - Double.logGamma(b) + a * Double.log(x)
          + b * Double.log(onePlus: -x)) / a
    let tiny = 1e-300
    var numerator = 1.0
    var denominator = 1 / nonzero(1 - (a + b) * x / (a + 1), tiny)
    var value = denominator
    for index in 1...500 {
      let m = Double(index)
      let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      denominator = 1 / nonzero(1 + even * denominator, tiny)
      numerator = nonzero(1 + even / numerator, tiny)
      value *= denominator * numerator
      let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      denominator = 1 / nonzero(1 + odd * denominator, tiny)
      numerator = nonzero(1 + odd / numerator, tiny)
      let change = denominator * numerator
      value *= change
      if abs(change - 1) < 1e-15 { break }
    }
    return front * value
  }

  private static func nonzero(_ value: Double, _ tiny: Double) -> Double { abs(value) < tiny ? tiny : value }
}
