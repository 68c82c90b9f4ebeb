import Divergence
import TestSupport
import Testing

/// The total variation, which is a second sweep over what the first one left.
struct TotalVariationTests {
  /// Logits of several blocks whose largest come late, so that every block is relative to other maxima.
  private func climbing(_ count: Int, _ random: inout SplitMix64) -> [Double] {
    (0..<count).map { 2 * random.normal() + 12 * Double($0) / Double(count) }
  }

  @Test(arguments: LogitsScalar.allCases, [900, 1024, 5000, 9 * 1024])
  func `It is the exact one however the maxima rise`(scalar: LogitsScalar, size: Int) throws {
    var random = SplitMix64(seed: UInt64(size))
    let logits = climbing(3 * size, &random)
    let policy = StoredLogits(logits, as: scalar)
    let reference = StoredLogits(random.moved(logits, deviation: 0.7), as: scalar)
    let rows = try measure(policy, reference, vocabularySize: size, totalVariation: true)
    for (row, measured) in rows.enumerated() {
      let range = row * size..<(row + 1) * size
      let exact = ExactRow(Array(policy.values[range]), Array(reference.values[range]))
      #expect(abs(try #require(measured.totalVariation) - exact.totalVariation) < 1e-6)
    }
  }

  @Test func `Blocks with masks and without may follow each other`() throws {
    var random = SplitMix64(seed: 9)
    var logits = climbing(8 * 1024, &random)
    for index in 2000..<5000 where index % 7 == 0 { logits[index] = -.infinity }
    for index in 6000..<6100 { logits[index] = -120 }
    let policy = StoredLogits(logits, as: .float32)
    let reference = StoredLogits(
      logits.map { $0.isFinite ? $0 + 0.3 * random.normal() : $0 }, as: .float32)
    // The first row leaves its exponentials behind for the second.
    for size in [8 * 1024, 4 * 1024] {
      let rows = try measure(policy, reference, vocabularySize: size, totalVariation: true, maximumThreads: 1)
      for (row, measured) in rows.enumerated() {
        let range = row * size..<(row + 1) * size
        let exact = ExactRow(Array(policy.values[range]), Array(reference.values[range]))
        #expect(abs(try #require(measured.totalVariation) - exact.totalVariation) < 1e-6)
      }
    }
  }

  @Test func `It is exactly 0 for equal models`() throws {
    var random = SplitMix64(seed: 10)
    let logits = StoredLogits(climbing(6000, &random), as: .float32)
    let row = try measure(logits, logits, vocabularySize: 6000, totalVariation: true)[0]
    #expect(row.totalVariation == 0 && row.policyReference == 0)
  }
}
