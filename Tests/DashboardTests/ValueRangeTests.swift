import Curves
import RunModel
import TestSupport
import Testing

@testable import Dashboard

struct ValueRangeTests {
  private func extent(_ values: Double...) -> Extent {
    values.reduce(into: Extent()) { $0.include($1) }
  }

  @Test func `The ends are round and not far outside`() {
    #expect(ValueRange.rounded(extent(0.03, 2.31)) == 0...2.5)
    #expect(ValueRange.rounded(extent(0, 1)) == 0...1)
    #expect(ValueRange.rounded(extent(-3, 97)) == -20...100)
    #expect(ValueRange.rounded(extent(1000, 1001)) == 1000...1001)
  }

  @Test func `A constant lies between the ends`() {
    #expect(
      ValueRange.rounded(extent(0)) == 0...0.6000000000000001 || ValueRange.rounded(extent(0)).contains(0))
    let range = ValueRange.rounded(extent(5))
    #expect(range.lowerBound < 5 && 5 < range.upperBound)
  }

  @Test func `What cannot be negative keeps its zero`() {
    #expect(ValueRange.rounded(extent(0.001, 4)).lowerBound == 0)
  }

  @Test func `Any finite values lie within a finite range, of which they fill half at least`() {
    var random = SplitMix64(seed: 7)
    for _ in 0..<2000 {
      let scale = Double.random(in: -300...300, using: &random)
      let values = (0..<2).map { _ in random.normal() * .pow10(scale) }
      let extent = extent(values[0], values[1])
      let range = ValueRange.rounded(extent)
      #expect(range.lowerBound <= extent.minimum && extent.maximum <= range.upperBound, "\(values)")
      #expect(range.lowerBound.isFinite && range.upperBound.isFinite && range.lowerBound < range.upperBound)
      let width = range.upperBound - range.lowerBound
      #expect(extent.maximum - extent.minimum >= width * 0.5, "\(values) in \(range)")
    }
  }

  @Test(arguments: [
    (Double.greatestFiniteMagnitude, -Double.greatestFiniteMagnitude), (.leastNonzeroMagnitude, 0),
    (.leastNonzeroMagnitude, .leastNonzeroMagnitude),
    (1e308, 1e308),
  ])
  func `Extremes are no trouble`(first: Double, second: Double) {
    let range = ValueRange.rounded(extent(first, second))
    #expect(range.lowerBound <= min(first, second) && max(first, second) <= range.upperBound)
    #expect(range.lowerBound.isFinite && range.upperBound.isFinite)
  }
}

extension Double {
  /// Ten to a power.
  fileprivate static func pow10(_ exponent: Double) -> Double {
    var value = 1.0
    for _ in 0..<Int(exponent.magnitude) { value *= exponent < 0 ? 0.1 : 10 }
    return value
  }
}
