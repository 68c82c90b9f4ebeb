import RealModule
import TestSupport
import Testing

@testable import Curves

/// How often the interval of a crossing covers the true one, by simulation.
struct CrossingForecastTests {
  enum Noise: Sendable, CaseIterable {
    case white
    /// Each value keeps half of the one before.
    case autoregressive

    /// Of variance 1.
    func next(after before: Double, _ random: inout SplitMix64) -> Double {
      switch self {
      case .white: random.normal()
      case .autoregressive: 0.5 * before + 0.75.squareRoot() * random.normal()
      }
    }
  }

  private struct Count {
    var dates = 0
    var covered = 0
    var share: Double { Double(covered) / Double(max(1, dates)) }
  }

  private static let runs = 4000

  /// Straight curves that rise by so many standard deviations of their noise, and reach the level 0.2 to 1.5 lengths
  /// later.
  private func count(_ noise: Noise, evaluations: Int, rise: Double, seed: UInt64) -> Count {
    var random = SplitMix64(seed: seed)
    var count = Count()
    let x = (0..<evaluations).map { Double($0) * 10 }
    for _ in 0..<Self.runs {
      let slope = rise / x[evaluations - 1]
      let crossing = x[evaluations - 1] * Double.random(in: 1.2...2.5, using: &random)
      var error = random.normal()
      let y = x.map { x in
        error = noise.next(after: error, &random)
        return slope * x + error
      }
      let level = slope * crossing
      guard
        case .expected(_, let earliest, let latest) = CrossingForecast(
          x: x, y: y, level: level, isUpper: true
        ).outcome
      else { continue }
      count.dates += 1
      if earliest <= crossing, crossing <= latest { count.covered += 1 }
    }
    return count
  }

  @Test(arguments: [8, 12, 20, 30, 50, 80], [6.0, 20.0])
  func `White noise is covered 94 times in a hundred`(evaluations: Int, rise: Double) {
    let count = count(.white, evaluations: evaluations, rise: rise, seed: 11)
    #expect(count.dates > Self.runs / 3)
    #expect(count.share >= 0.94)
  }

  @Test(arguments: [8, 12, 20, 30, 50, 80], [6.0, 20.0])
  func `Noise that keeps half of itself is covered 88 times from thirty evaluations on, 80 times below`(
    evaluations: Int, rise: Double
  ) {
    let count = count(.autoregressive, evaluations: evaluations, rise: rise, seed: 12)
    #expect(count.dates > Self.runs / 5)
    #expect(count.share >= (evaluations < 30 ? 0.8 : 0.88))
  }

  @Test(arguments: [12, 20, 40, 80], [0.15, 0.3, 0.5])
  func `A curve that saturates below the level gets no date`(evaluations: Int, time: Double) {
    var random = SplitMix64(seed: 13)
    var dates = 0
    for _ in 0..<Self.runs {
      let level = Double.random(in: 1.05...1.5, using: &random)
      let y = (0..<evaluations).map { index in
        1 - Double.exp(-Double(index) / Double(evaluations) / time) + 0.03 * random.normal()
      }
      let x = y.indices.map(Double.init)
      if case .expected = CrossingForecast(x: x, y: y, level: level, isUpper: true).outcome { dates += 1 }
    }
    #expect(dates <= Self.runs / 100)
  }

  @Test func `The sign of the curve and the size of the steps do not matter`() {
    var random = SplitMix64(seed: 14)
    let y = (0..<20).map { 0.1 * Double($0) + 0.2 * random.normal() }
    let x = y.indices.map { Double($0) }
    guard
      case .expected(let at, let low, let high) = CrossingForecast(x: x, y: y, level: 4, isUpper: true)
        .outcome
    else {
      Issue.record("no date")
      return
    }
    let other = CrossingForecast(x: x.map { $0 * 1e12 }, y: y.map { -$0 }, level: -4, isUpper: false)
    guard case .expected(let scaled, let scaledLow, let scaledHigh) = other.outcome else {
      Issue.record("no date")
      return
    }
    for (left, right) in [(at, scaled), (low, scaledLow), (high, scaledHigh)] {
      #expect(abs(left * 1e12 - right) < 1e-6 * right)
    }
  }

  @Test(arguments: [(1.5, 6.1), (2.0, 4.3027), (2.5, 3.5586), (4.5, 2.6585), (5.0, 2.5706), (7.5, 2.3348)])
  func `Quantiles of Student's t of fractional degrees are no smaller than they are`(
    degrees: Double, quantile: Double
  ) {
    let own = StudentT.quantile975(degrees: degrees)
    #expect(own > quantile * 0.997 && own < quantile * 1.2)
  }
}
