import TestSupport
import Testing

@testable import Curves

struct LinearTrendTests {
  @Test func `Slope, error and interval of a line with noise`() throws {
    let trend = try #require(LinearTrend(x: [0, 1, 2, 3, 4], y: [1, 2.9, 5.2, 6.8, 9.1]))
    // numpy: polyfit, and the residuals' deviation over three degrees of freedom.
    #expect(abs(trend.slope - 2.01) < 1e-12)
    #expect(abs(trend.slopeError - 0.057445626465380394) < 1e-12)
    #expect(abs(trend.slopes.upperBound - (2.01 + 3.1824 * 0.057445626465380394)) < 1e-3)
  }

  @Test func `A line has no error, and a level one is no evidence`() throws {
    let steep = try #require(LinearTrend(x: [0, 1, 2], y: [0, 3, 6]))
    #expect(steep.slopeError == 0 && steep.evidence == .infinity)
    #expect(try #require(LinearTrend(x: [0, 1, 2], y: [5, 5, 5])).evidence == 0)
    #expect(LinearTrend(x: [1, 1, 1], y: [1, 2, 3]) == nil)
    #expect(LinearTrend(x: [1, 2], y: [1, 2]) == nil)
  }

  @Test(arguments: [
    (1, 12.7062), (2, 4.3027), (3, 3.1824), (4, 2.7764), (5, 2.5706), (6, 2.4469), (8, 2.306), (10, 2.2281),
    (14, 2.1448), (20, 2.086), (30, 2.0423), (60, 2.0003), (120, 1.9799),
  ])
  func `Quantiles of Student's t`(degrees: Int, quantile: Double) {
    #expect(abs(StudentT.quantile975(degrees: degrees) - quantile) < 2e-3 * quantile)
  }

  @Test func `Intervals cover the true slope 95 times in a hundred`() throws {
    var random = SplitMix64(seed: 8)
    var covered = 0
    for _ in 0..<1000 {
      let y = (0..<12).map { 0.3 * Double($0) + random.normal() }
      if try #require(LinearTrend(x: (0..<12).map(Double.init), y: y)).slopes.contains(0.3) { covered += 1 }
    }
    #expect((925...975).contains(covered))
  }
}
