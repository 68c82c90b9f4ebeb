import Divergence
import Foundation
import TestSupport
import Testing

@Suite struct RowStatisticsTests {
  private func statistics(_ values: [Double], samples: [Int]) -> RowStatistics {
    RowStatistics(values.span, samples: samples.span)
  }

  @Test func `Ten rows have their textbook statistics`() throws {
    let values = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3.0]
    let result = RowStatistics(values.span)
    #expect(result.count == 10 && result.nanCount == 0)
    #expect(abs(result.mean - 3.9) < 1e-15)
    let squares = values.map { $0 * $0 }.reduce(0, +) / 10
    #expect(abs(try #require(result.standardError) - ((squares - 3.9 * 3.9) / 9).squareRoot()) < 1e-14)
    #expect(result.standardErrorBySample == nil)
    #expect(result.minimum == 1 && result.median == 3.5 && result.maximum == 9)
    // Sorted 1 1 2 3 3 4 5 5 6 9, at 8.1, 8.55, 8.91 and 8.991.
    #expect(abs(result.p90 - 6.3) < 1e-12 && abs(result.p95 - 7.65) < 1e-12)
    #expect(abs(result.p99 - 8.73) < 1e-12 && abs(result.p99_9 - 8.973) < 1e-12)
    #expect(result.p1 == 1 && result.p5 == 1 && abs(result.p10 - 1) < 1e-12)
  }

  @Test func `Thousands of rows of any size and sign are put in order`() throws {
    var random = SystemRandomNumberGenerator()
    let values = (0..<5000).map { row -> Double in
      switch row % 10 {
      case 0: .nan
      case 1: row % 20 == 1 ? 0 : -0.0
      case 2: row % 500 == 2 ? .infinity : 7
      default: Double.random(in: -1...1, using: &random) * (row % 3 == 0 ? 1e-300 : 1e6)
      }
    }
    let sorted = values.filter { !$0.isNaN }.sorted()
    let result = RowStatistics(values.span)
    #expect(result.count == 5000 && result.nanCount == 500)
    #expect(result.minimum == sorted.first && result.maximum == .infinity)
    #expect(result.p1 == quantile(0.01, ofSorted: sorted.span))
    #expect(result.median == quantile(0.5, ofSorted: sorted.span))
    #expect(result.p90 == quantile(0.9, ofSorted: sorted.span))
  }

  @Test func `Samples may have any numbers`() throws {
    let values = (0..<600).map { Double($0 * $0 % 89) }
    let dense = statistics(values, samples: (0..<600).map { $0 % 40 })
    let sparse = statistics(values, samples: (0..<600).map { ($0 % 40 - 20) * 1_000_000_007 })
    #expect(dense == sparse && dense.sampleCount == 40)
  }

  @Test func `Rows far from zero keep the digits of their spread`() throws {
    let values = (0..<1000).map { 1e9 + Double($0 % 2) }
    let result = RowStatistics(values.span)
    #expect(abs(try #require(result.standardError) - (0.25 / 999.0).squareRoot()) < 1e-9)
  }

  @Test func `One row has no standard error, none has no mean`() throws {
    let one = RowStatistics([2.5].span, samples: [0].span)
    #expect(one.mean == 2.5 && one.standardError == nil && one.standardErrorBySample == nil)
    #expect(one.median == 2.5 && one.p99_9 == 2.5 && one.maximum == 2.5)
    let none = RowStatistics([Double]().span)
    #expect(none.count == 0 && none.mean.isNaN && none.median.isNaN && none.standardError == nil)
  }

  @Test func `A NaN row spoils the mean and is left out of the percentiles`() throws {
    let result = RowStatistics([1, .nan, 3, 2].span)
    #expect(result.count == 4 && result.nanCount == 1)
    #expect(result.mean.isNaN && result.standardError?.isNaN == true)
    #expect(result.minimum == 1 && result.median == 2 && result.maximum == 3)
  }

  @Test func `An infinite row makes the mean and the maximum infinite, not the median`() throws {
    let result = RowStatistics([1, .infinity, 3, 2, 1].span)
    #expect(result.mean == .infinity && result.maximum == .infinity)
    #expect(result.median == 2 && result.p90 == .infinity && result.nanCount == 0)
  }

  @Test func `Samples of one row each have nearly the error of independent rows`() throws {
    var random = SplitMix64(seed: 81)
    let values = (0..<200).map { _ in random.normal() }
    let result = RowStatistics(values.span, samples: Array(0..<200).span)
    let clustered = try #require(result.standardErrorBySample), plain = try #require(result.standardError)
    #expect(abs(clustered - plain) < 1e-12)
  }

  @Test func `Rows repeated within their samples are no more certain than the samples`() throws {
    var random = SplitMix64(seed: 82)
    let means = (0..<50).map { _ in random.normal() }
    let values = means.flatMap { [Double](repeating: $0, count: 8) }
    let samples = means.indices.flatMap { [Int](repeating: $0 * 17 - 90, count: 8) }
    let repeated = try #require(
      RowStatistics(values.span, samples: samples.span).standardErrorBySample)
    let once = try #require(RowStatistics(means.span).standardError)
    #expect(abs(repeated - once) < 1e-12)
  }

  @Test func `All rows of one sample have no error by sample`() throws {
    let result = RowStatistics([1.0, 2, 3].span, samples: [4, 4, 4].span)
    #expect(result.standardErrorBySample == nil && result.standardError != nil)
  }

  @Test func `Samples for another number of rows are a mistake of the caller`() async {
    await #expect(processExitsWith: .failure) {
      _ = RowStatistics([1.0, 2].span, samples: [1, 2, 3].span)
    }
  }

  @Test func `Nothing depends on the order of the rows or the numbers of their samples`() {
    var random = SplitMix64(seed: 83)
    let rows = (0..<500).map { (value: random.normal() * random.normal(), sample: $0 % 37) }
    let statistics = statistics(rows.map(\.value), samples: rows.map(\.sample))
    for _ in 0..<5 {
      let shuffled = rows.shuffled(using: &random)
      let renumbered = shuffled.map { 1000 - $0.sample * 3 }
      #expect(self.statistics(shuffled.map(\.value), samples: renumbered) == statistics)
    }
    #expect(statistics.sampleCount == 37)
  }

  @Test func `A unit scales every value and no count`() throws {
    let nats = statistics([1, 2, 4], samples: [0, 0, 1])
    let bits = nats.scaled(by: 2)
    #expect(bits == statistics([2, 4, 8], samples: [0, 0, 1]))
  }

  @Test(arguments: [[], [0.5], [1, .nan, 3, .infinity], [3.0, 1, 4, 1, 5, 9, 2, 6]] as [[Double]])
  func `Written and read back, statistics are the same`(_ values: [Double]) throws {
    let statistics = statistics(values, samples: Array(0..<values.count))
    let encoder = JSONEncoder()
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    let data = try encoder.encode(statistics)
    let again = try decoder.decode(RowStatistics.self, from: data)
    // NaN is equal to nothing, so the texts are compared.
    #expect("\(again)" == "\(statistics)")
    let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(object.count == 16)
    #expect((object["mean"] is NSNull) == values.isEmpty)
  }

  @Test(arguments: [(0.0, 10.0), (0.25, 17.5), (0.5, 25), (1, 40), (-1, 10), (2, 40)])
  func `A quantile is interpolated between neighbours`(_ fraction: Double, _ expected: Double) {
    #expect(quantile(fraction, of: [40.0, 10, 30, 20].span) == expected)
    #expect(quantile(fraction, of: [40.0, .nan, 10, 30, 20].span) == expected)
    #expect(quantile(fraction, ofSorted: [10.0, 20, 30, 40].span) == expected)
  }

  @Test func `A quantile of nothing is not a number`() {
    #expect(quantile(0.5, of: [Double]().span).isNaN && quantile(0.5, of: [Double.nan].span).isNaN)
  }
}
