import TestSupport
import Testing

@testable import Curves

/// TensorBoard's smoothing, written down as it is defined: the sum of all values with weights that fall by `weight` a
/// step into the past, divided by the sum of the weights.
func debiasedAverage(_ values: some Collection<Double>, weight: Double) -> Double {
  var sum = 0.0
  var weights = 0.0
  for value in values where value.isFinite {
    sum = sum * weight + value
    weights = weights * weight + 1
  }
  return sum / weights
}

struct MovingAverageTests {
  @Test(arguments: [0.3, 0.6, 0.9, 0.95, 0.99])
  func `Looking back only as far as it matters changes less than one part in ten thousand`(weight: Double) {
    var random = SplitMix64(seed: 3)
    let values = (0..<5000).map { _ in 1 + 0.1 * random.normal() }
    var branch = SeriesBranch()
    for (index, value) in values.enumerated() { _ = branch.add(value, row: index, step: index) }
    for end in [1, 2, 10, 100, 999, 5000] {
      var average = MovingAverage(weight: weight)
      let begin = average.begin(before: end - 1)
      _ = average.advance(through: end, from: begin, in: branch)
      let expected = debiasedAverage(values[..<end], weight: weight)
      #expect(abs((average.value ?? .nan) - expected) <= 1e-4 * expected, "after \(end) points")
    }
  }

  @Test func `Values that are not finite are passed over`() {
    var average = MovingAverage(weight: 0.5)
    for value: Double in [.nan, 4, .infinity, 1, -.infinity] { average.add(value) }
    #expect(average.value == (4 * 0.5 + 1) / 1.5)
  }

  @Test func `Many values at once count as one after the other`() {
    var random = SplitMix64(seed: 12)
    for count in 0...30 {
      let values = ContiguousArray(
        (0..<count).map { $0 % 11 == 5 ? [.nan, .infinity][$0 % 2] : 1 + random.normal() })
      for start in 0...min(3, count) {
        var one = MovingAverage(weight: 0.8)
        var many = one
        for value in values[start...] { one.add(value) }
        many.add(values, at: start..<count)
        #expect(
          one.value == nil ? many.value == nil : near(many.value, one.value ?? 0), "\(start)..<\(count)")
      }
    }
  }

  @Test func `The first value stands for itself`() {
    var average = MovingAverage(weight: 0.99)
    #expect(average.value == nil)
    average.add(7)
    #expect(abs((average.value ?? .nan) - 7) < 1e-12)
  }

  @Test func `Without smoothing there is no average`() {
    var average = MovingAverage(weight: 0)
    average.add(7)
    #expect(average.value == nil)
  }
}
