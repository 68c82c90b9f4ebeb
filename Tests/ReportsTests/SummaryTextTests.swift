import RunLog
import RunTestSupport
import TestSupport
import Testing

@testable import Reports
@testable import RunModel

struct SummaryTextTests {
  @Test func `A summary reads like a page`() {
    let run = RunModel { log in
      log.logits(
        step: 0, set: "old", [SyntheticSample("a", policy: [1, 0], reference: [1, 0])],
        numbers: ["eval/kl": 0])
      for step in 0...9 { log.train(step: step, ["loss": Double(100 - step), "lr": 1e-5], modes: .training) }
      log.notice(.rejected(reason: "torn line joined to the next"))
      log.train(step: 5, ["loss": .nan], modes: .training)
    }
    #expect(
      SummaryText.text(of: RunSummary(run)) == """
        runs/synthetic/metrics.jsonl: kltop-jsonl, 13 lines, steps 0–5 (6 logged)
        1 rejected line
          1 torn line joined to the next: line 12
        restart in line 13: from step 9 back to 5

        metric   role            points  first   last    min    max  non-finite
        eval/kl  evaluation kl        1      0      0      0      0
        loss     fine tune loss       6    100    NaN     96    100           1
        lr       learning rate        5  1e-05  1e-05  1e-05  1e-05

        mode from step 0, phase eval: policy eval no_grad, reference eval no_grad
        mode from step 0, phase train: policy train grad, reference eval no_grad

        divergence (nats per row)  steps  rows  first D(policy‖reference)  last  ±  last D(reference‖policy)  logged
        eval old                       1     1                          0     0  –                         0       0

        error: nonfinite-loss: loss is NaN at step 5: lower the learning rate or clip gradients, and do not trust what follows
        """)
  }

  @Test func `An empty log is one line`() {
    #expect(
      SummaryText.text(of: RunSummary(RunModel(path: "x.jsonl"))) == "x.jsonl: no records, 0 lines, no steps")
  }

  @Test func `Inferred steps and keys without a role are told, lines of binary logs are not`() {
    var log = SyntheticRun()
    log.train(step: 1, ["loss": 2, "odd": 1, "grad_norm": 3])
    var batch = log.takeBatch(dialect: .wandb)
    batch.status.stepSource = .inferredFromEpoch
    var run = RunModel(path: "a.wandb")
    var comparer = RunComparer()
    run.apply(comparer.measure(batch))
    let lines = SummaryText.text(of: RunSummary(run)).split(separator: "\n").prefix(3)
    #expect(
      lines == [
        "a.wandb: wandb, steps 1–1 (1 logged)", "steps are inferred from epoch",
        "no role for grad_norm, odd",
      ])
  }
}
