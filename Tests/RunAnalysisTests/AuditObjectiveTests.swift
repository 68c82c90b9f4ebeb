import RunLog
import RunTestSupport
import TestSupport
import Testing

@testable import Reports
@testable import RunAnalysis
@testable import RunModel

struct AuditObjectiveTests {
  /// A run whose total loss is made of the loss and the KL of each step.
  private func run(
    steps: Range<Int> = 0..<100, declared: Double? = nil, total: @escaping (Double, Double, Int) -> Double
  ) -> RunModel {
    var generator = SplitMix64(seed: 7)
    return RunModel { log in
      if let declared {
        log.notice(.run(RunDescription(lambda: abs(declared), sign: declared < 0 ? "-" : "+")))
      }
      for step in steps {
        let loss = Double.random(in: 1...3, using: &generator)
        let kl = Double.random(in: 0...0.5, using: &generator)
        log.train(step: step, ["loss": loss, "kl": kl, "total_loss": total(loss, kl, step)])
      }
    }
  }

  @Test(arguments: [0.2, -0.2, 1.5, -0.001]) func `The weight and its sign are inferred`(_ weight: Double)
    throws
  {
    let objective = try #require(RunAudit(run { $0 + weight * $1 + 0 * Double($2) }).objective)
    #expect(abs(objective.signedLambda - weight) < 1e-6)
    #expect(objective.rewardsDrift == (weight < 0))
    #expect(objective.steps == 100)
  }

  @Test func `Float32 losses leave an error that covers the truth`() throws {
    let model = run { Double(Float($0) + Float(0.01) * Float($1)) + 0 * Double($2) }
    let objective = try #require(RunAudit(model).objective)
    let error = try #require(objective.standardError)
    #expect(abs(objective.signedLambda - 0.01) < 5 * error)
    #expect(error < 1e-6)
  }

  @Test func `A constant beside the KL is no part of its weight`() throws {
    let objective = try #require(RunAudit(run { $0 + 0.1 * $1 + 0.7 + 0 * Double($2) }).objective)
    #expect(abs(objective.signedLambda - 0.1) < 1e-6)
  }

  @Test func `Noise of another term widens the error`() throws {
    let model = run { $0 + 0.3 * $1 + 0.02 * Double($2 % 7 - 3) }
    let objective = try #require(RunAudit(model).objective)
    let error = try #require(objective.standardError)
    #expect(error > 0.001 && error < 0.1)
    #expect(abs(objective.signedLambda - 0.3) < 4 * error)
  }

  @Test func `A total without the KL has weight zero`() throws {
    let objective = try #require(RunAudit(run { $0 + 0 * $1 * Double($2) }).objective)
    #expect(objective.lambda == 0)
    #expect(!objective.rewardsDrift)
  }

  @Test func `What has nothing to do with the KL tells no weight`() {
    var generator = SplitMix64(seed: 3)
    let others = (0..<100).map { _ in Double.random(in: -1...1, using: &generator) }
    #expect(RunAudit(run { $0 + others[$2] + 0 * $1 }).objective == nil)
  }

  @Test func `Without a KL above zero nothing is told`() {
    let model = RunModel { log in
      for step in 0..<10 { log.train(step: step, ["loss": 2, "kl": 0, "total_loss": 2]) }
    }
    #expect(RunAudit(model).objective == nil)
  }

  @Test func `A constant KL still tells its weight`() throws {
    let model = RunModel { log in
      for step in 0..<10 {
        log.train(step: step, ["loss": Double(step), "kl": 0.5, "total_loss": Double(step) + 0.1])
      }
    }
    let objective = try #require(RunAudit(model).objective)
    #expect(abs(objective.signedLambda - 0.2) < 1e-6)
  }

  @Test func `A single step has no error and is only consistent`() throws {
    let audit = RunAudit(run(steps: 4..<5) { $0 + 0.2 * $1 + 0 * Double($2) })
    let objective = try #require(audit.objective)
    #expect(abs(objective.signedLambda - 0.2) < 1e-9)
    #expect(objective.standardError == nil)
    #expect(AuditText.text(of: audit).contains("consistent with total_loss = loss + 0.2"))
  }

  @Test func `Values that are no numbers are left out`() throws {
    let objective = try #require(RunAudit(run { $2 % 10 == 3 ? .nan : $0 + 0.2 * $1 }).objective)
    #expect(abs(objective.signedLambda - 0.2) < 1e-9)
    #expect(objective.steps == 90)
  }

  @Test func `The loss is the total of a log that has its parts`() throws {
    let model = RunModel { log in
      for step in 1..<20 {
        let kl = Double(step) / 10
        log.train(step: step, ["loss": 2 - 0.3 * kl, "ce_loss": 2, "kl": kl])
      }
    }
    let objective = try #require(RunAudit(model).objective)
    #expect(abs(objective.signedLambda + 0.3) < 1e-6)
    #expect(objective.keys.total == "loss")
    #expect(model.findings().first?.code == .negativeKLSign)
  }

  @Test func `Losses on lines of their own are joined by step`() throws {
    let model = RunModel { log in
      for step in 1..<20 {
        let kl = Double(step) / 10
        log.train(step: step, ["loss": 2])
        log.train(step: step, ["kl": kl])
        log.train(step: step, ["total_loss": 2 + 0.3 * kl])
      }
    }
    #expect(abs((RunAudit(model).objective?.signedLambda ?? 0) - 0.3) < 1e-6)
  }

  @Test func `An objective other than the declared one is a finding`() {
    #expect(run(declared: 0.5) { $0 + 0.2 * $1 + 0 * Double($2) }.codes.contains(.objectiveDiffers))
    #expect(!run(declared: 0.2) { $0 + 0.2 * $1 + 0 * Double($2) }.codes.contains(.objectiveDiffers))
    let negative = run(declared: 0.2) { $0 - 0.2 * $1 + 0 * Double($2) }
    #expect(negative.codes.contains(.negativeKLSign))
    #expect(!negative.codes.contains(.objectiveDiffers), "said once, by the clearest warning")
  }
}
