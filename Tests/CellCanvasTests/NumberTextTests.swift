import CellCanvas
import TestSupport
import Testing

@Suite struct NumberTextTests {
  @Test(arguments: [
    (0.0, "0"), (-0.0, "0"), (1, "1"), (-12345678, "-12345678"), (1e6, "1000000"),
    (999_999_999_999, "999999999999"),
    (1e15, "1e+15"), (0.0312, "0.0312"), (0.031249, "0.0312"), (0.03125, "0.0313"), (12.345, "12.3"),
    (1234.5, "1235"), (99_999.6, "100000"), (999_999.6, "1e+06"), (0.00002, "2e-05"), (1.234e-5, "1.23e-05"),
    (0.0001, "0.0001"), (0.00009999, "0.0001"), (2.999e-5, "3e-05"), (0.5, "0.5"), (1.0004, "1"),
    (9.9951, "10"),
    (-0.0312, "-0.0312"), (1.5e300, "1.5e+300"), (.leastNonzeroMagnitude, "5e-324"), (.nan, "NaN"),
    (.infinity, "∞"),
    (-.infinity, "-∞"),
  ])
  func `Numbers are short and of the same notation`(value: Double, text: String) {
    #expect(NumberText.short(value) == text)
  }

  @Test(arguments: [(1, "0.03"), (2, "0.031"), (3, "0.0313"), (4, "0.03125"), (9, "0.03125")])
  func `More digits on request`(significant: Int, text: String) {
    #expect(NumberText.short(0.03125, significant: significant) == text)
  }

  @Test(arguments: [
    (0.0, 2, "0.00"), (0.005, 2, "0.01"), (0.0049, 2, "0.00"), (-0.0049, 2, "0.00"), (1.5, 0, "2"),
    (12.3456, 3, "12.346"),
    (99.995, 2, "100.00"), (0.1, 3, "0.100"), (1e-9, 3, "0.000"), (123456, 1, "123456.0"), (.nan, 2, "NaN"),
    (0.6, 0, "1"),
    (0.4, 0, "0"), (-0.66, 2, "-0.66"), (1e21, 1, "1000000000000000000000.0"),
  ])
  func `Fixed numbers have all their decimals`(value: Double, decimals: Int, text: String) {
    #expect(NumberText.fixed(value, decimals: decimals) == text)
  }

  @Test(arguments: [(0.66, "+0.66"), (-0.66, "-0.66"), (0.001, "0.00"), (-0.001, "0.00"), (0.0, "0.00")])
  func `Differences have a sign`(value: Double, text: String) {
    #expect(NumberText.signed(value, decimals: 2) == text)
  }

  @Test(arguments: UInt64(1)...200)
  func `Rounded text is within half a unit of its last digit`(seed: UInt64) throws {
    var generator = SplitMix64(seed: seed)
    let magnitude = Double.random(in: -300...300, using: &generator)
    let value = Double.random(in: 1..<10, using: &generator) * power(magnitude.rounded())
    let read = try #require(Double(NumberText.short(value, significant: 4)))
    #expect(abs(read - value) <= abs(value) * 0.5e-3 * (1 + 1e-9), "seed \(seed)")
  }

  private func power(_ exponent: Double) -> Double { Double("1e\(Int(exponent))") ?? 1 }

  @Test(arguments: [
    (0.0, "00:00:00"), (192.9, "00:03:12"), (86_399.99, "23:59:59"), (183_845, "2d 03:04:05"),
    (-5, "-00:00:05"),
    (-0.5, "00:00:00"), (.nan, "--:--:--"), (.infinity, "--:--:--"), (1e300, "--:--:--"),
  ])
  func `Elapsed time is a clock with days`(seconds: Double, text: String) {
    #expect(DurationText.clock(seconds) == text)
  }

  @Test(arguments: [
    (0.0, "0s"), (0.85, "850ms"), (0.9996, "1s"), (12, "12s"), (59.7, "1m"), (185, "3m 5s"), (7_200, "2h"),
    (100_800, "1d 4h"), (86_460, "1d"), (-90, "-1m 30s"), (.nan, "--"),
  ])
  func `Short durations have the two largest units`(seconds: Double, text: String) {
    #expect(DurationText.short(seconds) == text)
  }
}
