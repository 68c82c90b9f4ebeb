import Divergence
import RunLog
import RunTestSupport
import TestSupport
import Testing

@testable import Reports
@testable import RunAnalysis
@testable import RunModel

/// How a KL in a log is matched with logits, told with small synthetic runs.
struct AuditReadingTests {
  private static let vocabulary = 6

  /// Rows of both models at each of several steps, apart by more with every step.
  private struct World {
    var generator = SplitMix64(seed: 41)
    var references: [[Double]] = []
    var drifts: [[Double]] = []

    init(rows: Int) {
      references = (0..<rows).map { _ in row(2) }
      drifts = (0..<rows).map { _ in row(1) }
    }

    mutating func row(_ size: Double) -> [Double] {
      (0..<vocabulary).map { _ in Double.random(in: -size...size, using: &generator) }
    }

    func policy(_ row: Int, step: Int) -> [Double] {
      zip(references[row], drifts[row]).map { $0 + $1 * Double(step) / 4 }
    }

    func divergence(_ row: Int, step: Int) -> Double {
      let (policy, reference) = (policy(row, step: step), references[row])
      return RowDivergence.measure(policy: policy.span, reference: reference.span).policyReference
    }

    /// Mean over some rows.
    func mean(_ rows: Range<Int>, step: Int) -> Double {
      rows.reduce(0) { $0 + divergence($1, step: step) } / Double(rows.count)
    }

    func samples(_ rows: Range<Int>, step: Int, named: Bool = true) -> [SyntheticSample] {
      rows.map {
        SyntheticSample(named ? "s\($0)" : nil, policy: policy($0, step: step), reference: references[$0])
      }
    }
  }

  private func conventions(_ run: RunModel) -> [KLConvention] { RunAudit(run).audits.map(\.explainedBy) }

  @Test func `A log without KL or without logits has nothing to audit`() {
    let world = World(rows: 3)
    let run = RunModel { log in
      for step in 0...4 { log.logits(step: step, world.samples(0..<3, step: step)) }
    }
    #expect(RunAudit(run).audits.isEmpty)
    #expect(RunAudit(run).isRight)
    let other = RunModel { log in for step in 0...4 { log.eval(step: step, ["eval/kl": 0.1]) } }
    #expect(RunAudit(other).audits.isEmpty)
  }

  @Test func `A KL on a line of its own is compared with the logits of its step`() {
    let world = World(rows: 4)
    for factor in [1, 1 / 0.6931471805599453] {
      let run = RunModel { log in
        for step in 0...5 {
          log.eval(step: step, ["eval/kl": world.mean(0..<4, step: step) * factor])
          log.logits(step: step, world.samples(0..<4, step: step))
        }
      }
      #expect(conventions(run) == [factor == 1 ? .policyReferenceBatchmean : .policyReferenceBits])
    }
  }

  @Test func `A KL on a line of its own that fits nothing may be about other rows`() {
    let world = World(rows: 4)
    let run = RunModel { log in
      for step in 0...5 {
        log.eval(step: step, ["eval/kl": world.mean(0..<4, step: step) * (1.17 + 0.3 * Double(step % 2))])
        log.logits(step: step, world.samples(0..<4, step: step))
      }
    }
    #expect(conventions(run) == [.otherRows])
    #expect(!RunAudit(run).hasChecked && RunAudit(run).isRight)
    #expect(run.codes == [])
  }

  @Test func `A constant multiple is told with its weight`() throws {
    let world = World(rows: 4)
    let run = RunModel { log in
      for step in 0...5 {
        log.logits(
          step: step, world.samples(0..<4, step: step),
          numbers: ["eval/kl": world.mean(0..<4, step: step) * 1.17])
      }
    }
    let audit = try #require(RunAudit(run).audits.first)
    #expect(audit.explainedBy == .multiplied)
    #expect(abs((audit.ratio ?? 0) - 1.17) < 1e-9)
    #expect(run.codes == [.loggedKLConvention])
    #expect(AuditText.text(of: RunAudit(run)).contains("times 1.17, as a weight is"))
  }

  @Test func `A KL that differs without a rule is left to the finding that says so`() {
    let world = World(rows: 64)
    let run = RunModel { log in
      for step in 0...8 {
        let value = world.mean(0..<64, step: step) * (1.3 + 0.4 * Double(step % 3))
        log.logits(step: step, world.samples(0..<64, step: step), numbers: ["eval/kl": value])
      }
    }
    #expect(conventions(run) == [.none])
    #expect(run.codes == [.loggedKLDiffers])
  }

  @Test func `The KL of a whole step may stand in one of its records`() {
    let world = World(rows: 6)
    let run = RunModel { log in
      for step in 0...5 {
        log.logits(step: step, world.samples(0..<2, step: step))
        log.logits(
          step: step, world.samples(2..<6, step: step), numbers: ["eval/kl": world.mean(0..<6, step: step)])
      }
    }
    #expect(conventions(run) == [.policyReferenceBatchmean])
  }

  @Test func `Sets with a KL each are compared each with their own rows`() {
    let world = World(rows: 6)
    let run = RunModel { log in
      for step in 0...5 {
        for (set, rows) in [("old", 0..<2), ("new", 2..<6)] {
          log.logits(
            step: step, set: set, world.samples(rows, step: step),
            numbers: ["eval/kl": world.mean(rows, step: step)])
        }
      }
    }
    #expect(conventions(run) == [.policyReferenceBatchmean])
  }

  @Test func `A key that names a set is about that set`() {
    let world = World(rows: 6)
    let run = RunModel { log in
      for step in 0...5 {
        log.eval(step: step, ["eval/old/kl": world.mean(0..<2, step: step)])
        log.logits(step: step, set: "old", world.samples(0..<2, step: step))
        log.logits(step: step, set: "new", world.samples(2..<6, step: step))
      }
    }
    #expect(conventions(run) == [.policyReferenceBatchmean])
  }

  @Test func `A KL of training batches is never compared with evaluation probes`() {
    let world = World(rows: 4)
    let run = RunModel { log in
      for step in 0...5 {
        log.train(step: step, ["kl": world.mean(0..<4, step: step)])
        log.logits(step: step, world.samples(0..<4, step: step))
      }
    }
    #expect(conventions(run).isEmpty)
  }

  @Test func `Rounded, noisy and stray values still show the convention`() {
    let world = World(rows: 4)
    let stories: [@Sendable (Double, Int) -> Double] = [
      { value, _ in (value * 1000).rounded() / 1000 },
      { value, step in value * (1 + (step % 2 == 0 ? 0.008 : -0.008)) },
      { value, step in step == 7 ? value * 5 : value },
      { value, step in step == 3 ? .nan : value },
      { value, _ in Double(Float(value)) + 1e-5 },
    ]
    for story in stories {
      let run = RunModel { log in
        for step in 0...20 {
          let value = story(world.mean(0..<4, step: step), step)
          log.logits(step: step, world.samples(0..<4, step: step), numbers: ["eval/kl": value])
        }
      }
      #expect(conventions(run) == [.policyReferenceBatchmean])
    }
  }

  @Test func `A run that never moved says nothing against its KL, nor for it`() throws {
    let world = World(rows: 4)
    let run = RunModel { log in
      for step in 0...5 { log.logits(step: step, world.samples(0..<4, step: 0), numbers: ["eval/kl": 0]) }
    }
    let audit = try #require(RunAudit(run).audits.first)
    #expect(audit.isRight)
    #expect(!audit.isCertain)
    #expect(audit.alternatives.contains([.referencePolicyBatchmean]))
    #expect(audit.ratio == nil)
  }

  @Test func `For a single row sum and batchmean are the same`() throws {
    let world = World(rows: 1)
    let run = RunModel { log in
      for step in 0...5 {
        log.logits(
          step: step, world.samples(0..<1, step: step), numbers: ["eval/kl": world.mean(0..<1, step: step)])
      }
    }
    let audit = try #require(RunAudit(run).audits.first)
    #expect(audit.explainedBy == .policyReferenceBatchmean)
    #expect(audit.alternatives == [[.policyReferenceSum]])
  }

  @Test(arguments: [0.5, 0.7, 1.5, 2, 4]) func `A temperature is found with its value`(_ temperature: Double)
    throws
  {
    let world = World(rows: 4)
    let run = RunModel { log in
      for step in 0...8 {
        let values = (0..<4).map { row in
          let policy = world.policy(row, step: step).map { $0 / temperature }
          let reference = world.references[row].map { $0 / temperature }
          return RowDivergence.measure(policy: policy.span, reference: reference.span).policyReference
        }
        log.logits(
          step: step, world.samples(0..<4, step: step), numbers: ["eval/kl": values.reduce(0, +) / 4])
      }
    }
    let audit = try #require(RunAudit(run).audits.first)
    #expect(audit.explainedBy == .temperature)
    #expect(audit.detail == "T = \(SentenceNumber.text(temperature))")
  }

  @Test func `Infinite divergences that are logged as such are right`() {
    let run = RunModel { log in
      for step in 0...3 {
        log.logits(
          step: step, [SyntheticSample("a", policy: [1, 2], reference: [1, -.infinity])],
          numbers: ["eval/kl": .infinity])
      }
    }
    #expect(conventions(run) == [.policyReferenceBatchmean])
  }

  @Test func `NaN where both models mask an entry is what torch gives for the right formula`() throws {
    let run = RunModel { log in
      for step in 0...3 {
        log.logits(
          step: step,
          [SyntheticSample("a", policy: [1, Double(step), -.infinity], reference: [1, 0, -.infinity])],
          numbers: ["eval/kl": .nan])
      }
    }
    let audit = try #require(RunAudit(run).audits.first)
    #expect(audit.explainedBy == .policyReferenceBatchmean)
    #expect(audit.alternatives == [[.logTargetForgotten]])
  }

  @Test func `Train mode that changes nothing is no mistake`() {
    let world = World(rows: 4)
    let train = ModelModes(policy: .train, reference: .eval)
    for first in [0, 5] {
      let run = RunModel { log in
        for step in first...first + 5 {
          log.logits(
            step: step, world.samples(0..<4, step: step), numbers: ["eval/kl": world.mean(0..<4, step: step)],
            modes: train)
        }
      }
      #expect(conventions(run) == [first == 0 ? .policyReferenceBatchmean : .policyInTrainMode])
    }
  }

  @Test func `A restart takes back what it replaced`() {
    let world = World(rows: 4)
    let run = RunModel { log in
      for step in 0...5 {
        log.logits(step: step, world.samples(0..<4, step: step), numbers: ["eval/kl": 7])
      }
      for step in 0...5 {
        log.logits(
          step: step, world.samples(0..<4, step: step), numbers: ["eval/kl": world.mean(0..<4, step: step)])
      }
    }
    #expect(conventions(run) == [.policyReferenceBatchmean])
    #expect(!run.codes.contains(.loggedKLConvention))
  }

  @Test func `Long runs keep some records of every part`() {
    var evidence = AuditEvidence()
    for step in 0..<20_000 {
      evidence.add(
        AuditRecord(
          step: step, row: step, probe: ProbeKey(phase: .eval, set: nil), logged: [], modes: ModelModes(),
          sums: ConventionSums()))
    }
    #expect(evidence.records.count <= 4096)
    #expect(evidence.records.first?.step == 0)
    #expect(evidence.records.last?.step == 19_999)
    #expect(
      stride(from: 0, to: 20_000, by: 5000).allSatisfy { start in
        evidence.records.contains { $0.step >= start && $0.step < start + 5000 }
      })
  }
}
