import RunLog
import RunTestSupport
import TestSupport
import Testing

@testable import RunAnalysis
@testable import RunModel

struct KLFindingsTests {
  private func series(_ key: String, first: Int = 0, _ values: [Double], modes: ModelModes = ModelModes())
    -> RunModel
  {
    RunModel { log in
      for (index, value) in values.enumerated() {
        log.train(step: first + index, [key: value, "loss": 1 + Double(index % 3) * 0.1], modes: modes)
      }
    }
  }

  @Test func `A KL that is far from 0 where the run begins is against another model than the start`() {
    let apart = (0..<40).map { 0.4 + Double($0) * 0.002 }
    #expect(series("kl", apart).codes == [.klNotZeroAtStart])
    #expect(series("kl", first: 1, apart).codes == [.klNotZeroAtStart])
    #expect(series("kl", first: 500, apart).codes == [], "a log that begins later says nothing")
    #expect(series("kl", apart, modes: .training).codes == [], "dropout does that")
    #expect(series("kl", (0..<40).map { 0.001 + Double($0) * 0.02 }).codes == [], "it grows from 0")
    #expect(series("actor/ppo_kl", apart).codes == [], "another KL")
  }

  @Test func `A mean log-ratio far below 0 is not of the policy's tokens`() throws {
    let noise = [0.03, -0.02, 0.01, -0.03, 0.02]
    let low = (0..<40).map { -0.2 + noise[$0 % 5] }
    #expect(series("kl", first: 5, low).codes == [.negativeKL])
    #expect(series("kl", first: 5, (0..<40).map { noise[$0 % 5] }).codes == [], "noise around 0")
  }

  @Test func `Trainer and inference engine that part are told by their own beginning`() throws {
    let calm = (0..<60).map { 0.001 + Double($0 % 4) * 0.0002 }
    let parting = calm + (0..<20).map { 0.01 + Double($0) * 0.001 }
    let found = try #require(series("vllm_kl", parting).findings().first)
    #expect(found.code == .engineMismatch && found.step == 60 && found.severity == .warning)
    #expect(series("vllm_kl", calm + [0.5] + calm).codes == [], "one spike")
  }

  @Test func `An entropy that collapses is a note`() {
    let values = (0..<80).map { $0 < 50 ? 1.2 - Double($0) * 0.001 : 0.05 }
    #expect(series("actor/entropy", values).codes == [.entropyCollapse])
    #expect(series("actor/entropy", (0..<80).map { 1.2 - Double($0) * 0.01 }).codes == [])
  }

  @Test func `Training rows without gradients, or in eval mode, are findings`() {
    let run = RunModel { log in
      for step in 0..<3 {
        log.train(step: step, ["loss": 1], modes: ModelModes(policy: .eval, policyGradients: false))
      }
    }
    #expect(Set(run.codes) == [.trainingInEvalMode, .trainingWithoutGradients])
  }

  private func objective(_ total: (Int, Double, Double) -> Double) -> ObjectiveEstimate? {
    let run = RunModel { log in
      for step in 0...100 {
        let kl = 0.5 * (1 - 1 / (1 + Double(step) * 0.03)) + (step % 3 == 0 ? 0.01 : 0)
        let loss = 2 + 3 / (1 + Double(step) * 0.05)
        log.train(step: step, ["loss": loss, "kl": kl, "total_loss": total(step, loss, kl)])
      }
    }
    return RunAudit(run).objective
  }

  @Test func `A weight that is warmed up is told with both ends and when it is reached`() throws {
    let warm = try #require(objective { step, loss, kl in loss + 0.1 * min(1, Double(step) / 50) * kl })
    guard case .changing(let from, let reachedAt) = warm.form else {
      Issue.record("\(warm)")
      return
    }
    #expect(abs(from) < 0.003 && abs(warm.signedLambda - 0.1) < 1e-9)
    #expect((48...50).contains(try #require(reachedAt)))
    #expect(AuditSentence.text(warm, declared: 0.1).contains("to 0.1 by step"))
  }

  @Test func `A total that is divided by steps of accumulation is told as such`() throws {
    let divided = try #require(objective { _, loss, kl in (loss + 0.1 * kl) / 4 })
    #expect(divided.form == .divided(by: 4) && abs(divided.signedLambda - 0.1) < 1e-9)
    #expect(AuditSentence.text(divided, declared: 0.1).contains("÷ 4"))
    let plain = try #require(objective { _, loss, kl in loss + 0.1 * kl })
    #expect(plain.form == .constant && abs(plain.signedLambda - 0.1) < 1e-9)
  }

  @Test func `A cause that the log contradicts is not named`() throws {
    func explained(_ modes: ModelModes) throws -> KLConvention {
      let run = RunModel { log in
        for step in 0..<4 {
          let policy = [[1 + Double(step) * 0.1, 0, 0.5], [0, 2 - Double(step) * 0.1, 1]]
          log.logits(
            step: step * 10,
            policy.enumerated().map {
              SyntheticSample("s\($0)", policy: $1, reference: [[1, 0, 0.5], [0, 2, 1]][$0])
            }, numbers: ["eval/kl": 0.5 + Double(step) * 0.1 + Double(step % 2) * 0.07], modes: modes)
        }
      }
      return try #require(RunAudit(run).audits.first).explainedBy
    }
    #expect(try explained(.evaluation) == .none)
  }
}
