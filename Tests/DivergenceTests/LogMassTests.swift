import Divergence
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What a row tells of its normalisers and of what the reference excludes.
struct LogMassTests {
  /// log Σ exp of exact values.
  private func logMass(_ row: ArraySlice<Double>) -> Double {
    let maximum = row.max() ?? 0
    return maximum + log(row.reduce(0) { $0 + exp($1 - maximum) })
  }

  @Test(arguments: LogitsScalar.allCases, [3, 1024, 1500])
  func `A logit less the log mass is a log-probability`(scalar: LogitsScalar, size: Int) throws {
    var random = SplitMix64(seed: UInt64(size))
    let logits = random.logits(2 * size, deviation: 4)
    let policy = StoredLogits(logits, as: scalar)
    let reference = StoredLogits(random.moved(logits, deviation: 0.5), as: scalar)
    let rows = try measure(policy, reference, vocabularySize: size)
    for (row, measured) in rows.enumerated() {
      let range = row * size..<(row + 1) * size
      #expect(abs(measured.policyLogMass - logMass(policy.values[range])) < 2e-6)
      #expect(abs(measured.referenceLogMass - logMass(reference.values[range])) < 2e-6)
      #expect(measured.leastLogProbabilityUnderMask == .infinity)
    }
  }

  @Test(arguments: LogitsScalar.allCases, [5, 1024, 1500])
  func `The least probability where the reference excludes an entry is told`(scalar: LogitsScalar, size: Int)
    throws
  {
    var policy = Array(repeating: 0.0, count: size)
    var reference = policy
    reference[2] = -.infinity
    reference[4] = -.infinity
    policy[4] = -3
    let one = try measure(
      StoredLogits(policy, as: scalar), StoredLogits(reference, as: scalar), vocabularySize: size)
    let expected = -3 - logMass(policy[...])
    #expect(abs(one[0].leastLogProbabilityUnderMask - expected) < 2e-6)
    policy[2] = -.infinity
    let both = try measure(
      StoredLogits(policy, as: scalar), StoredLogits(reference, as: scalar), vocabularySize: size)
    #expect(both[0].leastLogProbabilityUnderMask == -.infinity)
  }

  @Test func `An entry that only the policy excludes is none of the reference's`() {
    let policy = [0, -Double.infinity, 1], reference = [0.0, 1, 2]
    let row = RowDivergence.measure(policy: policy.span, reference: reference.span)
    #expect(row.leastLogProbabilityUnderMask == .infinity && row.masksDiffer)
  }

  @Test func `A row without a distribution has no log mass`() {
    let policy = [Double.nan, 1], reference = [0.0, 1]
    let row = RowDivergence.measure(policy: policy.span, reference: reference.span)
    #expect(row.policyLogMass.isNaN && row.referenceLogMass.isNaN)
  }
}
