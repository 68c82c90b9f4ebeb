import RunTestSupport
import TestSupport
import Testing

@testable import RunAnalysis
@testable import RunModel

struct MetricKeyTests {
  @Test(arguments: [
    "eval/old/accuracy", "acc_old", "acc/old", "old_acc", "eval_old_acc", "val.acc.old", "eval/acc_old",
    "test-accuracy-old",
  ])
  func `Words in any order and behind any separator say the same`(key: String) {
    #expect(MetricRole(key: key) == .accuracy)
    #expect(MetricKey(key).quantity == .accuracy && MetricKey(key).setKind == .retention)
  }

  @Test(arguments: [
    ("eval_loss_old", MetricRole.evaluationLoss), ("eval/loss/new", .evaluationLoss),
    ("loss_old", .evaluationLoss),
    ("eval/kl_old", .evaluationKL), ("eval/old_kl", .evaluationKL), ("eval/mmlu", .accuracy),
    ("eval/old/mmlu", .accuracy),
  ])
  func `The role of a key that no table names`(key: String, role: MetricRole) {
    #expect(MetricRole(key: key) == role)
  }

  @Test(arguments: [
    "kl_old", "target_kl", "kl_target", "gradient_acc_steps", "acc_steps_old", "eval/old/acc_stderr",
    "eval/mmlu_stderr", "eval/old/runtime", "new_tokens", "mmlu",
  ])
  func `Keys that are something else have no role`(key: String) {
    #expect(MetricRole(key: key) == nil)
  }

  @Test(arguments: [
    ("eval/general/loss", SetKind.retention), ("eval/new/loss", .new), ("eval/loss", .unknown),
    ("eval/old_vs_new/loss", .unknown), ("eval/wiki/loss", .unknown),
  ])
  func `What a set is, by its words`(key: String, kind: SetKind) {
    #expect(MetricKey(key).setKind == kind)
  }

  private func kinds(_ run: RunModel) -> [String: SetKind] {
    Dictionary(run.retentionMetrics.map { ($0.name, $0.setKind) }, uniquingKeysWith: { $1 })
  }

  @Test func `What somebody says of a set counts more than its words`() {
    var log = SyntheticRun()
    log.eval(step: 0, ["eval/old/accuracy": 1, "eval/wiki_de/accuracy": 1, "eval/wiki/accuracy": 1])
    var run = RunModel(path: "run", sets: SetNaming(retention: ["wiki"], new: ["old", "wiki/de"]))
    var comparer = RunComparer()
    run.apply(comparer.measure(log.takeBatch()))
    #expect(
      kinds(run)
        == [
          "eval/old/accuracy": .new, "eval/wiki_de/accuracy": .new, "eval/wiki/accuracy": .retention,
        ])
  }

  @Test func `The run's record says what its sets are`() {
    var reading = RunReading()
    let text =
      #"{"event":"run","sets":{"wiki":"retention","sql":"new"}}"# + "\n"
      + #"{"step":0,"mode":"eval","eval/wiki/accuracy":0.5,"eval/sql/accuracy":0,"eval/x/accuracy":0}"# + "\n"
    reading.files.append("/run", text.utf8)
    reading.readOn()
    #expect(
      kinds(reading.run)
        == ["eval/wiki/accuracy": .retention, "eval/sql/accuracy": .new, "eval/x/accuracy": .unknown])
  }

  @Test func `What a trainer says of its own batches is no evaluation`() {
    let run = RunModel { log in
      log.train(step: 0, ["mean_token_accuracy": 0.5, "train/accuracy": 0.5, "accuracy": 0.5])
      log.train(step: 0, ["eval_mean_token_accuracy": 0.5])
    }
    #expect(run.retentionMetrics.map(\.name) == ["eval_mean_token_accuracy"])
  }
}
