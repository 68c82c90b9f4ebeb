import TestSupport
import Testing

@testable import RunModel

struct ExtentIndexTests {
  @Test(arguments: [0, 1, 2, 63, 64, 65, 127, 128, 200])
  func `Every range of a small column has the extent of its points`(count: Int) {
    let column = IndexedColumn(count: count, seed: UInt64(count))
    for lower in 0...count {
      for upper in lower...count {
        #expect(column.extent(lower..<upper) == column.bruteForce(lower..<upper), "\(lower)..<\(upper) of \(count)")
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

  @Test func `Points that are not finite are told apart and stay out of the bounds`() {
    var extent = Extent()
    for value in [2, .nan, -.infinity, -1] as [Double] { extent.include(value) }
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

  mutating func append(count: Int, seed: UInt64) {
    var random = SplitMix64(seed: seed)
    for _ in 0..<count {
      values.append(Self.value(&random))
      index.noteAppended(to: values)
    }
  }

  mutating func truncate(to count: Int) {
    values.truncate(to: count)
    index.truncate(to: count)
  }

  func extent(_ range: Range<Int>) -> Extent { index.extent(of: range, values: values) }

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
