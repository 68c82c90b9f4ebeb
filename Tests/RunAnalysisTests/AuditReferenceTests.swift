import RunLog
import RunTestSupport
import TestSupport
import Testing

@testable import RunAnalysis
@testable import RunModel

/// Whether the reference stays the model it was.
struct AuditReferenceTests {
  /// A batch of rows whose reference moves by `move` per step.
  private func batch(_ seed: UInt64, rows: Int, named: Bool, move: Double, step: Int) -> [SyntheticSample] {
    var generator = SplitMix64(seed: seed)
    return (0..<rows).map { row in
      let start = (0..<5).map { _ in Double.random(in: -2...2, using: &generator) }
      let other = (0..<5).map { _ in Double.random(in: -1...1, using: &generator) }
      let reference = zip(start, other).map { $0 + $1 * move * Double(step) }
      let policy = zip(start, other).map { $0 - $1 * 0.1 * Double(step) }
      return SyntheticSample(named ? "s\(row)" : nil, policy: policy, reference: reference)
    }
  }

  private func drifts(_ batch: (Int) -> [SyntheticSample]) -> Bool {
    RunModel { log in
      for step in 0...6 { log.logits(step: step, batch(step)) }
    }.codes.contains(.referenceDrifts)
  }

  @Test(arguments: [true, false]) func `A reference that moves is found, whether or not its rows have names`(
    named: Bool
  ) {
    #expect(drifts { batch(1, rows: 4, named: named, move: 0.1, step: $0) })
    #expect(!drifts { batch(1, rows: 4, named: named, move: 0, step: $0) })
  }

  @Test func `A single other time is no drift`() {
    #expect(!drifts { batch(1, rows: 4, named: true, move: $0 == 3 ? 0.3 : 0, step: $0) })
    let twice = RunModel { log in
      for step in [0, 5] { log.logits(step: step, batch(1, rows: 4, named: true, move: 0.1, step: step)) }
    }
    #expect(!twice.codes.contains(.referenceDrifts))
  }

  @Test func `A reference in train mode is one finding`() {
    let modes = ModelModes(policy: .eval, reference: .train)
    let run = RunModel { log in
      for step in 0...6 {
        log.logits(step: step, batch(1, rows: 4, named: true, move: 0.1, step: step), modes: modes)
      }
    }
    #expect(run.codes == [.referenceInTrainMode])
    #expect(RunAudit(run).shift != nil)
  }

  @Test func `Rounding of kernels is no drift`() {
    #expect(!drifts { batch(1, rows: 4, named: true, move: 0.001, step: $0) })
  }

  @Test func `Unnamed batches of other rows each time are no drift`() {
    #expect(!drifts { batch(UInt64($0), rows: 8, named: false, move: 0, step: $0) })
  }

  @Test func `Other targets mean other inputs`() {
    #expect(
      !drifts { step in
        batch(UInt64(min(step, 4)), rows: 4, named: true, move: 0, step: step).map { sample in
          var sample = sample
          sample.targets = [min(step, 4)]
          return sample
        }
      })
  }

  @Test func `Sequences sampled anew are compared up to the first other token`() {
    func sequence(_ step: Int, move: Double) -> [SyntheticSample] {
      let first = batch(1, rows: 1, named: false, move: move, step: step)
      let rest = batch(UInt64(step + 2), rows: 3, named: false, move: 0, step: step)
      let targets = [step % 5, 1, 2, 3]
      return [
        SyntheticSample(
          "sampled", policy: (first + rest).flatMap(\.policy), reference: (first + rest).flatMap(\.reference),
          targets: targets)
      ]
    }
    #expect(!drifts { sequence($0, move: 0) })
    #expect(drifts { sequence($0, move: 0.1) })
  }

  @Test func `A mistake of the formula stands before the drift of the reference`() throws {
    let run = RunModel { log in
      for step in 0...6 {
        let rows = batch(1, rows: 4, named: true, move: 0.1, step: step)
        let sums = ConventionSums(
          RunModel { $0.logits(step: 0, rows) }.divergences.values.flatMap { $0.points[0].samples })
        log.logits(
          step: step, rows, numbers: ["eval/kl": (sums.meanPolicyReference ?? 0) * Double(sums.rows)])
      }
    }
    let audit = try #require(RunAudit(run).audits.first)
    #expect(audit.explainedBy == .policyReferenceSum)
    #expect(run.codes.contains(.referenceDrifts))
  }

  private func kind(_ reference: (Int) -> Double) throws -> ReferenceDrift.Kind {
    let run = RunModel { log in
      for step in 0...8 {
        let rows = (0..<4).map { row in
          let start = (0..<5).map { Double(($0 * 7 + row * 3) % 5) - 2 }
          let other = (0..<5).map { Double(($0 * 3 + row) % 4) * 0.2 - 0.3 }
          func moved(_ by: Double) -> [Double] { zip(start, other).map { $0 + $1 * by } }
          return SyntheticSample("s\(row)", policy: moved(Double(step)), reference: moved(reference(step)))
        }
        log.logits(step: step, rows)
      }
    }
    return try #require(RunAudit(run).shift).kind
  }

  @Test func `How a reference moves is told`() throws {
    #expect(try kind { Double($0) } == .policy)
    #expect(try kind { Double(max(0, $0 - 1)) } == .previousPolicy)
    #expect(try kind { Double($0 / 3 * 3) * 0.9 } == .jumps)
    #expect(try kind { Double($0) * 0.4 } == .steady)
  }

  @Test func `Other texts under the same names are no drift`() {
    func texts(_ step: Int, targets: Bool) -> [SyntheticSample] {
      (0..<4).map { sample in
        let rows = batch(UInt64(step * 4 + sample + 1), rows: 3, named: false, move: 0, step: step)
        return SyntheticSample(
          "s\(sample)", policy: rows.flatMap(\.policy), reference: rows.flatMap(\.reference),
          targets: targets ? [step % 5, sample, 1] : [])
      }
    }
    #expect(!drifts { texts($0, targets: true) })
    #expect(!drifts { texts($0, targets: false) })
  }
}
