import Divergence
import RunTestSupport
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

    /// Every quantity, over one batch of rows.
    var sums: QuantitySums { LogitsQuantities(block(), costly: true).sums }

    func block(withTargets: Bool = true) -> LogitsBlock {
      LogitsBlock(
        samples: policy.count, positions: 1, vocabulary: vocabulary, policy: policy.flatMap(\.self),
        reference: reference.flatMap(\.self), mask: policy.map { _ in true },
        targets: withTargets ? Array(policy.indices) : [])
    }

    func total(_ quantity: RowQuantity) -> Double { sums.cell(quantity, .counted)?.total ?? .nan }
  }

  private func tensor(_ rows: [[Double]], _ transform: (Span<Double>) -> [Double]) throws -> Tensor<Double> {
    try Tensor(shape: [rows.count, Self.vocabulary], elements: rows.flatMap { transform($0.span) })
  }

  @Test(arguments: [1, 2, 3] as [UInt64]) func `Misuses are what kl_div gives for such arguments`(
    _ seed: UInt64
  ) throws {
    let rows = Rows(seed: seed)
    let policy = try tensor(rows.policy) { softmax($0) }
    let reference = try tensor(rows.reference) { softmax($0) }
    let logPolicy = try tensor(rows.policy) { logSoftmax($0) }
    let logReference = try tensor(rows.reference) { logSoftmax($0) }
    func sum(_ input: Tensor<Double>, _ target: Tensor<Double>, logTarget: Bool = false) throws -> Double {
      try klDiv(input: input, target: target, reduction: .sum, logTarget: logTarget).elements[0]
    }
    let cases: [(Double, Double)] = [
      (rows.total(.probabilitiesAsInput), try sum(reference, policy)),
      (rows.total(.probabilitiesAsInputSwapped), try sum(policy, reference)),
      (rows.total(.logTargetWronglySet), try sum(logReference, policy, logTarget: true)),
      (rows.total(.logTargetWronglySetSwapped), try sum(logPolicy, reference, logTarget: true)),
    ]
    for (found, expected) in cases { #expect(abs(found - expected) <= 1e-12 * max(1, abs(expected))) }
    #expect(
      try klDiv(input: logReference, target: logPolicy, reduction: .sum).elements[0].isNaN,
      "log_target forgotten")
  }

  @Test func `Temperatures are divergences of divided logits`() throws {
    let rows = Rows(seed: 4)
    let place = try #require(RowQuantity.temperatures.firstIndex(of: 2))
    func expected(_ ofPolicy: Double, _ ofReference: Double) -> Double {
      rows.policy.indices.reduce(0.0) { total, row in
        let policy = rows.policy[row].map { $0 / ofPolicy }
        let reference = rows.reference[row].map { $0 / ofReference }
        return total + RowDivergence.measure(policy: policy.span, reference: reference.span).policyReference
      }
    }
    #expect(abs(rows.total(.temperature(place, .both)) - expected(2, 2)) < 1e-12)
    #expect(abs(rows.total(.temperature(place, .policyAlone)) - expected(2, 1)) < 1e-12)
    #expect(abs(rows.total(.temperature(place, .referenceAlone)) - expected(1, 2)) < 1e-12)
  }

  @Test func `Lists of the likeliest entries are renormalised`() {
    let rows = Rows(seed: 8)
    let expected = rows.policy.indices.reduce(0.0) { total, row in
      let ids = rows.policy[row].indices.sorted { rows.policy[row][$0] > rows.policy[row][$1] }.prefix(3)
      let policy = ids.map { rows.policy[row][$0] }, reference = ids.map { rows.reference[row][$0] }
      return total + RowDivergence.measure(policy: policy.span, reference: reference.span).policyReference
    }
    #expect(abs(rows.total(.topEntries(k: 3, .ofPolicy)) - expected) < 1e-9)
  }

  @Test func `Labels serve as tokens where every row has one`() throws {
    let rows = Rows(seed: 5)
    let policy = rows.policy.enumerated().map { logSoftmax($1.span)[$0] }
    let reference = rows.reference.enumerated().map { logSoftmax($1.span)[$0] }
    let expected = try SampledEstimators(policy: policy.span, reference: reference.span)
    let count = Double(rows.policy.count)
    #expect(abs(rows.total(.labelK1) / count - expected.k1Mean) < 1e-12)
    #expect(abs(rows.total(.labelK3) / count - expected.k3Mean) < 1e-12)
    let without = LogitsQuantities(rows.block(withTargets: false), costly: false).sums
    #expect(without.cell(.labelK1, .counted) == nil)
  }

  @Test func `Sums of two records are the sums of all their rows`() throws {
    let (first, second) = (Rows(seed: 6), Rows(seed: 7))
    var merged = first.sums
    merged.merge(second.sums)
    for quantity in [RowQuantity.logTargetWronglySet, .temperature(3, .both), .labelK2, .jensenShannon] {
      let cell = try #require(merged.cell(quantity, .counted))
      #expect(abs(cell.total - first.total(quantity) - second.total(quantity)) < 1e-9)
      #expect(cell.rows == 2 * Self.rows && cell.sequences == 2 * Self.rows)
    }
    #expect(merged.cell(.policyReference, .firstSequence)?.rows == 1)
  }

  @Test func `Choices of rows follow the mask`() throws {
    var sums = QuantitySums()
    let values = Array(repeating: [1.0, 2, 4, 8, 16], count: RowQuantity.measuredCount)
    sums.add(sequence: values, mask: [false, true, true, false, false], knowsMasked: true)
    let totals: [(RowChoice, Double)] = [
      (.counted, 6), (.all, 31), (.inverted, 25), (.later, 12), (.earlier, 3), (.withPrompt, 7),
      (.withPadding, 30),
      (.firstSequence, 6), (.lastSequence, 6), (.firstPositions, 2), (.lastPositions, 4),
    ]
    for (choice, total) in totals {
      #expect(sums.cell(.policyReference, choice)?.total == total, "\(choice)")
    }
  }

  @Test func `What values are rounded to is seen, and that others are not`() {
    #expect(LoggedRounding(of: [0.123, 0.022, 1.501]) == .decimals(3))
    #expect(LoggedRounding(of: [0.01234, 0.001234, 1.234]) == .significant(4))
    #expect(LoggedRounding(of: [0.12345678912, 0.02, 1.5]) == .none)
    #expect(LoggedRounding(of: [0.5, 0.5, 0.5]) == .none, "a single value may be round by chance")
    #expect(LoggedRounding(of: [0.12109375, 0.0260009765625, 1.5078125]) == .bits(8))
    #expect(abs(LoggedRounding.significant(4).halfUnit(at: 0.01234) - 5e-6) < 1e-15)
  }
}
