import TestSupport
import Testing

@testable import Curves

struct ExtentIndexTests {
  @Test(arguments: [0, 1, 2, 63, 64, 65, 127, 128, 200])
  func `Every range of a small column has the extent of its points`(count: Int) {
    let column = IndexedColumn(count: count, seed: UInt64(count))
    for lower in 0...count {
      for upper in lower...count {
        #expect(
          column.extent(lower..<upper) == column.bruteForce(lower..<upper), "\(lower)..<\(upper) of \(count)")
      }
    }
  }

  @Test func `Long ranges at the edges of blocks have the extent of their points`() {
    let count = 64 * 64 * 3 + 17
    let column = IndexedColumn(count: count, seed: 11)
    let edges = [0, 1, 63, 64, 65, 4095, 4096, 4097, 8191, 8192, 12287, 12288, 12289, count - 1, count]
    for lower in edges {
      for upper in edges where upper >= lower {
        #expect(column.extent(lower..<upper) == column.bruteForce(lower..<upper), "\(lower)..<\(upper)")
      }
    }
  }

  @Test(arguments: [0, 1, 63, 64, 65, 4095, 4096, 4097, 5000])
  func `After a cut the index knows nothing of what was cut`(size: Int) {
    var column = IndexedColumn(count: 9000, seed: 5)
    column.truncate(to: size)
    #expect(column.extent(0..<size) == column.bruteForce(0..<size))
    column.append(count: 5000, seed: 6)
    #expect(column.extent(0..<size + 5000) == column.bruteForce(0..<size + 5000))
    #expect(column.extent(size / 2..<size + 4500) == column.bruteForce(size / 2..<size + 4500))
  }

  @Test(arguments: [1, 2, 3, 8, 15, 24])
  func `The middle of few points is their median`(count: Int) {
    let column = IndexedColumn(count: 300, seed: 9)
    for start in stride(from: 0, to: 300 - count, by: 7) {
      let sorted = (start..<start + count).map { column.value($0) }.filter(\.isFinite).sorted()
      guard !sorted.isEmpty else { continue }
      let median = (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
      #expect(abs((column.middle(start..<start + count) ?? .nan) - median) < 1e-9, "\(count) from \(start)")
    }
  }

  @Test(arguments: [100, 1000, 5000, 70_000])
  func `The middle of many points is near their mean, and a spike or NaN does not move it`(count: Int) throws
  {
    var random = SplitMix64(seed: UInt64(count))
    var values = (0..<count).map { _ in 5 + random.normal() }
    let before = try #require(IndexedColumn(values).middle(3..<count - 5))
    #expect(abs(before - 5) < 6 / Double(count).squareRoot() + 0.05)
    (values[count / 3], values[count / 2]) = (1e12, .nan)
    let after = try #require(IndexedColumn(values).middle(3..<count - 5))
    #expect(abs(after - before) < 0.5)
  }

  @Test func `What holds no finite value has no middle`() {
    #expect(IndexedColumn(Array(repeating: .nan, count: 1000)).middle(0..<1000) == nil)
    #expect(IndexedColumn([1]).middle(0..<0) == nil)
  }

  @Test func `After a cut the middle knows nothing of what was cut`() {
    var column = IndexedColumn(Array(repeating: 7.0, count: 5000))
    column.truncate(to: 1000)
    column.append(Array(repeating: 3.0, count: 4000))
    #expect(column.middle(1008..<5000) == 3)
  }

  @Test func `Points that are not finite are told apart and stay out of the bounds`() {
    var extent = Extent()
    for value: Double in [2, .nan, -.infinity, -1] { extent.include(value) }
    #expect(extent.minimum == -1)
    #expect(extent.maximum == 2)
    #expect(extent.nonfinite == [.nan, .negativeInfinity])
    #expect(!Extent(.infinity).hasFinite)
  }
}

/// A column of random values, some not finite, with its index.
private struct IndexedColumn {
  private var values = ChunkedColumn<Double>()
  private var index = ExtentIndex()

  init(count: Int, seed: UInt64) { append(count: count, seed: seed) }

  init(_ values: [Double]) { append(values) }

  mutating func append(count: Int, seed: UInt64) {
    var random = SplitMix64(seed: seed)
    append((0..<count).map { _ in Self.value(&random) })
  }

  mutating func append(_ new: [Double]) {
    for value in new {
      values.append(value)
      index.noteAppended(to: values)
    }
  }

  mutating func truncate(to count: Int) {
    values.truncate(to: count)
    index.truncate(to: count)
  }

  func extent(_ range: Range<Int>) -> Extent { index.extent(of: range, values: values) }

  func middle(_ range: Range<Int>) -> Double? { index.middle(of: range, values: values) }

  func value(_ index: Int) -> Double { values[index] }

  func bruteForce(_ range: Range<Int>) -> Extent {
    var extent = Extent()
    for index in range { extent.include(values[index]) }
    return extent
  }

  private static func value(_ random: inout SplitMix64) -> Double {
    switch Int.random(in: 0..<200, using: &random) {
    case 0: .nan
    case 1: .infinity
    case 2: -.infinity
    default: Double.random(in: -100..<100, using: &random)
    }
  }
}
