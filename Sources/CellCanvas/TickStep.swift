#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What the numbers along an axis count.
package enum TickKind: Sendable, Hashable, CaseIterable {
  case number
  /// Steps and tokens: never a fraction.
  case integer
  /// Seconds.
  case duration
  /// Seconds since 1970, as a clock in UTC shows them.
  case clock
}

/// The distance between two ticks: 1, 2 or 5 times a power of ten, or a length of time that a clock has.
struct TickStep: Hashable {
  let mantissa: Double
  /// The power of ten.
  let exponent: Int

  /// Divided rather than multiplied by a negative power, so that three steps of 0.1 are 0.3.
  func multiple(_ count: Double) -> Double {
    guard exponent < 0 else { return count * mantissa * pow(10, Double(exponent)) }
    // Ten to a power beyond 308 is infinite, a denormal divided twice is not zero.
    let within = min(-exponent, 300)
    return count * mantissa / pow(10, Double(within)) / pow(10, Double(-exponent - within))
  }

  var size: Double { multiple(1) }

  /// The multiples of the step in a range, in order; none where numbers are too coarse to tell them apart.
  func multiples(in range: ClosedRange<Double>, atMost limit: Int) -> [Double] {
    let slack = 1e-9
    let first = (range.lowerBound / size - slack).rounded(.up)
    let last = (range.upperBound / size + slack).rounded(.down)
    guard first.magnitude < 1e15, last.magnitude < 1e15, first <= last, last - first < Double(limit) else {
      return []
    }
    return (Int(first)...Int(last)).map { multiple(Double($0)) }.filter(\.isFinite)
  }

  /// Steps from the finest of which at most `count` fit into a length, to the coarsest that could.
  static func candidates(length: Double, atMost count: Int, kind: TickKind) -> [TickStep] {
    let smallest = length / Double(max(1, count))
    guard smallest > 0, smallest.isFinite, length.isFinite else {
      return []
    }
    let exponent = Int(log10(smallest).rounded(.down))
    let lowest = kind == .integer ? max(0, exponent) : exponent
    let decimal = (lowest...max(lowest, exponent + 4)).flatMap { power in
      [1, 2, 5].map { TickStep(mantissa: $0, exponent: power) }
    }
    let steps = kind == .duration || kind == .clock ? decimal.filter { $0.size < 1 } + clockSteps : decimal
    return steps.filter { $0.size >= smallest && $0.size <= length * 10 && $0.size.isFinite }
  }

  /// Steps of a clock up to days, then round numbers of days.
  private static let clockSteps: [TickStep] = {
    let seconds: [Double] = [1, 2, 5, 10, 15, 30]
    let hours: [Double] = [1, 2, 3, 6, 12]
    let days: [Double] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000]
    let all =
      seconds + seconds.map { $0 * 60 } + hours.map { $0 * 3_600 } + days.map { $0 * 86_400 }
    return all.map { TickStep(mantissa: $0, exponent: 0) }
  }()
}
