import Divergence
import Foundation
import TestSupport
import Testing

/// The conventions at the edges of the number formats.
@Suite struct ExtremeLogitsTests {
  private func row(
    _ policy: [Double], _ reference: [Double], as scalar: LogitsScalar = .float32
  ) throws -> RowDivergence {
    let rows = try measure(
      StoredLogits(policy, as: scalar), StoredLogits(reference, as: scalar), vocabularySize: policy.count,
      totalVariation: true)
    return try #require(rows.first)
  }

  @Test(arguments: [LogitsScalar.float32, .float64])
  func `Finite logits whose differences overflow float32 have a finite divergence`(
    _ scalar: LogitsScalar
  ) throws {
    let result = try row([3e38, -3e38, 0], [-3e38, 3e38, 0], as: scalar)
    let exact = Double(Float(3e38)) * 2
    #expect(abs(result.policyReference - exact) <= promise(exact))
    #expect(abs(result.referencePolicy - exact) <= promise(exact))
    #expect(result.policyEntropy == 0 && result.totalVariation == 1 && !result.masksDiffer)
  }

  @Test func `A probability that float32 flushes to zero still weighs a huge difference`() throws {
    // P = e^−100 of a reference logit at −1e38 is 3.7e-6 nats at least.
    let policy = [0, -100.0, -3], reference = [0, -1e38, -3]
    let result = try row(policy, reference)
    let exact = ExactRow(policy, StoredLogits(reference, as: .float32).values)
    #expect(exact.policyReference > 1e-6)
    #expect(keepsPromise(result.policyReference, exact.policyReference))
  }

  /// What PyTorch's attention and padding masks write instead of −∞.
  private static let leastFloat = -Double(Float.greatestFiniteMagnitude)

  @Test(arguments: [100, 3000])
  func `A mask of the least finite number in both models is exact and adds nothing`(_ size: Int) throws {
    var random = SplitMix64(seed: UInt64(size))
    var policy = random.logits(size), reference = random.moved(policy, deviation: 0.5)
    for index in 0..<size where index % 3 == 0 || index < size / 2 {
      (policy[index], reference[index]) = (Self.leastFloat, Self.leastFloat)
    }
    let p = StoredLogits(policy, as: .float32), q = StoredLogits(reference, as: .float32)
    let exact = ExactRow(p.values, q.values)
    let result = try row(policy, reference)
    #expect(keepsPromise(result.policyReference, exact.policyReference))
    #expect(keepsPromise(result.referencePolicy, exact.referencePolicy))
    #expect(abs(result.policyEntropy - exact.policyEntropy) < 1e-5)
    #expect(abs(try #require(result.totalVariation) - exact.totalVariation) < 1e-6)
    #expect(!result.masksDiffer)
    let same = try row(policy, policy)
    #expect(same.policyReference == 0 && same.referencePolicy == 0 && same.totalVariation == 0)
  }

  @Test(arguments: [0, 1023, 1024, 2000])
  func `An entry at the least finite number in one model only weighs what the other gives it`(
    _ place: Int
  ) throws {
    var random = SplitMix64(seed: 33)
    var policy = random.logits(2100), reference = random.moved(policy, deviation: 0.5)
    reference[place] = Self.leastFloat
    // The last also where the reference masks it in earnest, and where the policy has nothing there either.
    for likelihood: Double in [policy[place], -150, -300, -800, -.infinity] {
      policy[place] = likelihood
      let p = StoredLogits(policy, as: .float32), q = StoredLogits(reference, as: .float32)
      let exact = ExactRow(p.values, q.values)
      for result in [try row(policy, reference), try row(policy, reference, as: .float64)] {
        #expect(keepsPromise(result.policyReference, exact.policyReference), "\(likelihood)")
        #expect(keepsPromise(result.referencePolicy, exact.referencePolicy), "\(likelihood)")
      }
      let swapped = try row(reference, policy)
      #expect(keepsPromise(swapped.referencePolicy, exact.policyReference), "\(likelihood)")
    }
  }

  @Test func `A mask of −∞ beside one of the least finite number adds nothing`() throws {
    var random = SplitMix64(seed: 34)
    var policy = random.logits(1500), reference = random.moved(policy, deviation: 0.5)
    for index in 700..<1500 { (policy[index], reference[index]) = (Self.leastFloat, -.infinity) }
    let exact = try row(Array(policy[..<700]), Array(reference[..<700]))
    for result in [try row(policy, reference), try row(policy, reference, as: .float64)] {
      #expect(keepsPromise(result.policyReference, exact.policyReference))
      #expect(keepsPromise(result.referencePolicy, exact.referencePolicy))
      #expect(result.masksDiffer && result.policyArgmax == exact.policyArgmax)
    }
  }

  @Test(arguments: [
    (-87.0, true), (-104.0, true), (-700.0, true), (-745.0, true), (-746.0, false), (-1e5, false),
  ])
  func `An entry that only the reference masks counts unless float64 cannot hold its probability`(
    _ logit: Double, _ counts: Bool
  ) throws {
    for scalar in [LogitsScalar.float32, .float64] {
      let result = try row([0, logit], [0, -.infinity], as: scalar)
      #expect(result.policyReference == (counts ? .infinity : 0), "\(scalar)")
      #expect(result.referencePolicy == 0 && result.masksDiffer)
    }
  }

  @Test(arguments: [Double.nan, .infinity])
  func `NaN and +∞ spoil their row and no other`(_ bad: Double) throws {
    for scalar in LogitsScalar.allCases {
      for position in [0, 3, 1023, 1024, 1499] {
        var policy = [Double](repeating: 1, count: 4500)
        policy[1500 + position] = bad
        let reference = [Double](repeating: 0, count: 4500)
        let rows = try measure(
          StoredLogits(policy, as: scalar), StoredLogits(reference, as: scalar), vocabularySize: 1500,
          totalVariation: true)
        #expect(rows[0].policyReference == 0 && rows[2].policyReference == 0)
        let spoilt = rows[1]
        #expect(spoilt.policyReference.isNaN && spoilt.referencePolicy.isNaN && spoilt.isNaN)
        #expect(spoilt.policyEntropy.isNaN && spoilt.totalVariation?.isNaN == true)
        #expect(abs(spoilt.referenceEntropy - log(1500)) < 1e-6 && spoilt.referenceArgmax == 0)
        #expect(spoilt.policyArgmax == (bad.isNaN ? -1 : position))
      }
    }
  }

  @Test(arguments: LogitsScalar.allCases)
  func `A NaN beside a mask of the other model is not lost`(_ scalar: LogitsScalar) throws {
    let result = try row([-.infinity, 0, 1], [.nan, 0, 1], as: scalar)
    #expect(result.isNaN && result.referenceArgmax == -1 && result.policyArgmax == 2)
  }

  @Test(arguments: LogitsScalar.allCases)
  func `A model without any entry above −∞ has no divergence`(_ scalar: LogitsScalar) throws {
    let masked = [Double](repeating: -.infinity, count: 1200), flat = [Double](repeating: 0, count: 1200)
    #expect(try row(masked, flat, as: scalar).isNaN)
    #expect(try row(flat, masked, as: scalar).isNaN)
    #expect(try row(masked, masked, as: scalar).isNaN)
    #expect(try row(masked, masked, as: scalar).masksDiffer == false)
    #expect(try row(masked, flat, as: scalar).masksDiffer)
  }

  @Test(arguments: [1e4, 1e6, -1e6, 3e7])
  func `A large shift common to both models or of one alone keeps the promise`(_ shift: Double) throws {
    var random = SplitMix64(seed: 21)
    let policy = random.logits(3000), reference = random.logits(3000)
    for (policyShift, referenceShift) in [(shift, shift), (shift, 0), (0, shift)] {
      let p = StoredLogits(policy.map { $0 + policyShift }, as: .float32)
      let q = StoredLogits(reference.map { $0 + referenceShift }, as: .float32)
      let exact = ExactRow(p.values, q.values)
      let row = try measure(p, q, vocabularySize: 3000)[0]
      #expect(keepsPromise(row.policyReference, exact.policyReference))
      #expect(keepsPromise(row.referencePolicy, exact.referencePolicy))
    }
  }

  @Test func `Subnormal half-precision logits are widened exactly`() throws {
    let policy = (0..<64).map { Double(Float16(bitPattern: UInt16($0 * 31))) }
    let reference = [Double](repeating: 0, count: 64)
    let exact = ExactRow(policy, reference)
    let result = try row(policy, reference, as: .float16)
    #expect(keepsPromise(result.policyReference, exact.policyReference))
  }

  @Test func `Rows without entries measure nothing`() {
    let none = [Double]()
    let result = RowDivergence.measure(policy: none.span, reference: none.span)
    #expect(result.policyReference == 0 && result.referencePolicy == 0 && result.policyArgmax == -1)
  }
}
