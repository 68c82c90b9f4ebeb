import Divergence
import Foundation
import TestSupport
import Testing

/// What holds for every pair of distributions, on seeded random rows.
@Suite struct DivergenceLawTests {
  private static let seeds: [UInt64] = [1, 2, 3, 4, 5, 6]

  private func row(_ policy: [Double], _ reference: [Double], as scalar: LogitsScalar) throws -> RowDivergence
  {
    try #require(
      measure(
        StoredLogits(policy, as: scalar), StoredLogits(reference, as: scalar), vocabularySize: policy.count,
        totalVariation: true
      ).first)
  }

  @Test(arguments: seeds, LogitsScalar.allCases)
  func `A divergence is never negative, and identical rows have none at all`(
    _ seed: UInt64, _ scalar: LogitsScalar
  ) throws {
    var random = SplitMix64(seed: seed)
    let policy = random.logits(2100, deviation: 4, mean: 100)
    for deviation in [0, 1e-7, 1e-5, 1e-3, 0.1] {
      let result = try row(policy, random.moved(policy, deviation: deviation), as: scalar)
      #expect(result.policyReference >= 0 && result.referencePolicy >= 0)
    }
    let same = try row(policy, policy, as: scalar)
    #expect(same.policyReference == 0 && same.referencePolicy == 0 && same.totalVariation == 0)
    #expect(same.policyEntropy == same.referenceEntropy && same.sameTop1)
  }

  @Test(arguments: seeds)
  func `Exchanging the models exchanges the directions`(_ seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let policy = random.logits(1500), reference = random.logits(1500)
    for scalar in LogitsScalar.allCases {
      let row = try row(policy, reference, as: scalar)
      let exchanged = try self.row(reference, policy, as: scalar)
      #expect(abs(row.policyReference - exchanged.referencePolicy) <= promise(row.policyReference))
      #expect(abs(row.referencePolicy - exchanged.policyReference) <= promise(row.referencePolicy))
    }
  }

  @Test(arguments: seeds)
  func `The order of the vocabulary does not matter`(_ seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let policy = random.logits(1500), reference = random.logits(1500)
    let order = Array(0..<1500).shuffled(using: &random)
    for scalar in LogitsScalar.allCases {
      let row = try row(policy, reference, as: scalar)
      let shuffled = try self.row(order.map { policy[$0] }, order.map { reference[$0] }, as: scalar)
      #expect(abs(row.policyReference - shuffled.policyReference) <= promise(row.policyReference))
      // Rounding makes equal maxima, of which another may come first.
      let stored = StoredLogits(policy, as: scalar).values
      #expect(stored[order[shuffled.policyArgmax]] == stored[row.policyArgmax])
    }
  }

  @Test(arguments: seeds)
  func `A constant added to the logits of one model changes nothing`(_ seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    // Eighths, so that the shifted logits are exact.
    let policy = random.logits(1500).map { ($0 * 8).rounded() / 8 }
    let reference = random.logits(1500).map { ($0 * 8).rounded() / 8 }
    for scalar in [LogitsScalar.float32, .float64] {
      let row = try row(policy, reference, as: scalar)
      let shifted = try self.row(policy.map { $0 + 1000 }, reference.map { $0 - 4096 }, as: scalar)
      #expect(abs(row.policyReference - shifted.policyReference) <= promise(row.policyReference))
      #expect(abs(row.referencePolicy - shifted.referencePolicy) <= promise(row.referencePolicy))
    }
  }

  @Test(arguments: seeds)
  func `The divergence of a mixture of blocks follows the chain rule`(_ seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let sizes = [700, 1024, 33]
    let policies = sizes.map { random.logits($0) }, references = sizes.map { random.logits($0) }
    let whole = try row(policies.flatMap { $0 }, references.flatMap { $0 }, as: .float32)
    // D(P‖Q) = D over the choice of the block + Σ P(block)·D within the block.
    let policyMasses = policies.map { logSumExp($0) }, referenceMasses = references.map { logSumExp($0) }
    let choice = ExactRow(policyMasses, referenceMasses)
    let total = logSumExp(policyMasses)
    var expected = choice.policyReference
    for block in sizes.indices {
      let within = try row(policies[block], references[block], as: .float32)
      expected += exp(policyMasses[block] - total) * within.policyReference
    }
    #expect(abs(whole.policyReference - expected) <= 2 * promise(expected))
  }

  private func logSumExp(_ logits: [Double]) -> Double {
    let maximum = logits.max() ?? 0
    return maximum + log(logits.map { exp($0 - maximum) }.reduce(0, +))
  }

  @Test(arguments: seeds)
  func `Total variation obeys Pinsker's inequality and lies in 0…1`(_ seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    for deviation in [0.01, 0.5, 3] {
      let policy = random.logits(1300)
      let result = try row(policy, random.moved(policy, deviation: deviation), as: .float32)
      let variation = try #require(result.totalVariation)
      #expect(variation >= 0 && variation <= 1)
      #expect(variation <= (result.policyReference / 2).squareRoot() + 1e-6)
    }
  }

  @Test(arguments: LogitsScalar.allCases)
  func `Results are the same to the last bit with any number of threads`(_ scalar: LogitsScalar) throws {
    var random = SplitMix64(seed: 31)
    let rows = 150, vocabularySize = 1100
    let policy = StoredLogits(random.logits(rows * vocabularySize), as: scalar)
    let reference = StoredLogits(random.logits(rows * vocabularySize), as: scalar)
    let alone = try measure(
      policy, reference, vocabularySize: vocabularySize, totalVariation: true, maximumThreads: 1)
    #expect(alone.count == rows)
    for threads in [2, 3, 8] {
      let together = try measure(
        policy, reference, vocabularySize: vocabularySize, totalVariation: true, maximumThreads: threads)
      #expect(together == alone)
    }
    let single = try measure(
      StoredLogits(Array(policy.values[..<vocabularySize]), as: scalar),
      StoredLogits(Array(reference.values[..<vocabularySize]), as: scalar), vocabularySize: vocabularySize)
    #expect(single[0].policyReference == alone[0].policyReference)
  }
}
