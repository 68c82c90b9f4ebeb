import Divergence
import TestSupport
import Testing

@testable import RunModel

/// What misuses of `kl_div` give, against `kl_div` itself.
struct AuditMisuseTests {
  private static let vocabulary = 9
  private static let rows = 5

  private struct Rows {
    var policy: [[Double]]
    var reference: [[Double]]

    init(seed: UInt64) {
      var generator = SplitMix64(seed: seed)
      func rows() -> [[Double]] {
        (0..<AuditMisuseTests.rows).map { _ in
          (0..<vocabulary).map { _ in Double.random(in: -4...4, using: &generator) }
        }
      }
      policy = rows()
      reference = rows()
    }

    var sums: MisuseSums {
      var sums = MisuseSums()
      add(to: &sums)
      return sums
    }

    func add(to sums: inout MisuseSums, withTargets: Bool = true) {
      for row in policy.indices {
        let (ours, base) = (policy[row], reference[row])
        sums.add(policy: ours.span, reference: base.span, target: withTargets ? row : nil)
      }
    }
  }

  private func tensor(_ rows: [[Double]], _ transform: (Span<Double>) -> [Double]) throws -> Tensor<Double> {
    try Tensor(shape: [rows.count, Self.vocabulary], elements: rows.flatMap { transform($0.span) })
  }

  @Test(arguments: [1, 2, 3] as [UInt64]) func `Misuses are what kl_div gives for such arguments`(
    _ seed: UInt64
  ) throws {
    let rows = Rows(seed: seed)
    let sums = rows.sums
    let policy = try tensor(rows.policy) { softmax($0) }
    let reference = try tensor(rows.reference) { softmax($0) }
    let logPolicy = try tensor(rows.policy) { logSoftmax($0) }
    let logReference = try tensor(rows.reference) { logSoftmax($0) }
    func sum(_ input: Tensor<Double>, _ target: Tensor<Double>, logTarget: Bool = false) throws -> Double {
      try klDiv(input: input, target: target, reduction: .sum, logTarget: logTarget).elements[0]
    }
    let cases: [(Double, Double)] = [
      (sums.probabilitiesAsInput, try sum(reference, policy)),
      (sums.probabilitiesAsInputSwapped, try sum(policy, reference)),
      (sums.logTargetWronglySet, try sum(logReference, policy, logTarget: true)),
      (sums.logTargetWronglySetSwapped, try sum(logPolicy, reference, logTarget: true)),
    ]
    for (found, expected) in cases { #expect(abs(found - expected) <= 1e-12 * max(1, abs(expected))) }
    #expect(
      try klDiv(input: logReference, target: logPolicy, reduction: .sum).elements[0].isNaN,
      "log_target forgotten")
  }

  @Test func `Temperatures are divergences of divided logits`() throws {
    let rows = Rows(seed: 4)
    let sums = rows.sums
    let place = try #require(MisuseSums.temperatures.firstIndex(of: 2))
    let expected = rows.policy.indices.reduce(0.0) { total, row in
      let policy = rows.policy[row].map { $0 / 2 }
      let reference = rows.reference[row].map { $0 / 2 }
      return total + RowDivergence.measure(policy: policy.span, reference: reference.span).policyReference
    }
    #expect(abs(sums.atTemperatures[place] - expected) < 1e-12)
  }

  @Test func `Targets serve as sampled tokens where every row has one`() throws {
    let rows = Rows(seed: 5)
    let tokens = try #require(rows.sums.targets)
    let policy = rows.policy.enumerated().map { logSoftmax($1.span)[$0] }
    let reference = rows.reference.enumerated().map { logSoftmax($1.span)[$0] }
    let expected = try SampledEstimators(policy: policy.span, reference: reference.span)
    #expect(abs(tokens.k1.mean - expected.k1Mean) < 1e-12)
    #expect(abs(tokens.k3.mean - expected.k3Mean) < 1e-12)
    var sums = rows.sums
    rows.add(to: &sums, withTargets: false)
    #expect(sums.targets == nil)
  }

  @Test func `Sums of two records are the sums of all their rows`() throws {
    let (first, second) = (Rows(seed: 6), Rows(seed: 7))
    let merged = try #require(MisuseSums.sum(first.sums, second.sums))
    var all = MisuseSums()
    for rows in [first, second] { rows.add(to: &all) }
    #expect(abs(merged.logTargetWronglySet - all.logTargetWronglySet) < 1e-9)
    #expect(zip(merged.atTemperatures, all.atTemperatures).allSatisfy { abs($0 - $1) < 1e-9 })
    #expect(abs((merged.targets?.k2.mean ?? 0) - (all.targets?.k2.mean ?? 1)) < 1e-12)
    #expect(MisuseSums.sum(first.sums, nil) == nil)
  }

  @Test func `Decimals of rounded values are seen and those of others are not`() {
    #expect(DecimalRounding.halfUnit(of: [0.123, 0.02, 1.5]) == 0.0005)
    #expect(DecimalRounding.halfUnit(of: [0.1234567891, 0.02, 1.5]) == 0)
    #expect(DecimalRounding.halfUnit(of: [0.5, 0.5, 0.5]) == 0, "a single value may be round by chance")
  }
}
