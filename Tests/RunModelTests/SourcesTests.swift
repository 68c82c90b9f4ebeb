import FileAccess
import RunLog
import RunTestSupport
import TestSupport
import Testing

@testable import Reports
@testable import RunAnalysis
@testable import RunModel

/// Several logs of one run.
struct SourcesTests {
  /// Lines as a logger that goes with TensorBoard's names writes them.
  private func lines(_ steps: ClosedRange<Int>, _ key: String = "train/loss", plus: Double = 0) -> String {
    steps.map { "{\"step\":\($0),\"\(key)\":\(Double($0) + plus)}\n" }.joined()
  }

  private func state(through step: Int, plus: Double = 0) -> String {
    trainerState((1...step).map { (step: $0, numbers: ["loss": Double($0) + plus]) })
  }

  @Test func `The logs of one directory are one run`() {
    var reading = RunReading()
    reading.files.create("/run/metrics.jsonl", lines(1...5))
    reading.files.create(
      "/run/trainer_state.json",
      trainerState([(step: 5, numbers: ["loss": 50, "eval_loss": 7, "grad_norm": 3])]))
    reading.files.create("/run/log_1.txt", "Step 1 | loss:1.5 tokens_per_second:9 \nStep 2 | loss:2.5 \n")
    reading.readOn()
    let summary = reading.summary
    #expect(summary.dialect == "jsonl")
    #expect(summary.lines == 5)
    #expect(
      summary.sources.map { "\($0.path) \($0.dialect ?? "?")" } == [
        "/run/metrics.jsonl jsonl", "/run/trainer_state.json hf-trainer-state", "/run/log_1.txt torchtune",
      ])
    #expect(Set(summary.metrics.keys) == ["train/loss", "eval_loss", "grad_norm", "tokens_per_second"])
    #expect(summary.sources.map(\.hiddenKeys) == [[], ["loss"], ["loss"]])
    #expect(reading.values("train/loss")[5] == 5, "at the same step the richer dialect is believed")
    #expect(summary.steps.count == 5)
    #expect(summary.restarts.isEmpty)
  }

  @Test func `The source that reaches further is believed, key by key`() {
    var reading = RunReading()
    reading.files.create("/run/metrics.jsonl", lines(1...5) + lines(9...9, "eval/loss"))
    reading.files.create(
      "/run/trainer_state.json",
      trainerState([
        (step: 6, numbers: ["loss": 6, "learning_rate": 2]), (step: 8, numbers: ["eval_loss": 8]),
      ])
    )
    reading.readOn()
    #expect(reading.summary.metrics["loss"]?.lastStep == 6)
    #expect(reading.summary.metrics["train/loss"] == nil)
    #expect(reading.summary.metrics["eval/loss"]?.lastStep == 9)
    #expect(reading.run.series(named: "train/loss")?.name == "loss", "either spelling finds it")
  }

  @Test func `A state written at a checkpoint does not take over from a log that goes on`() {
    var reading = RunReading()
    reading.files.create("/run/metrics.jsonl", lines(1...3))
    reading.readOn()
    let id = reading.run.series.firstIndex { $0.name == "train/loss" }
    for step in 4...9 {
      reading.files.append("/run/metrics.jsonl", lines(step...step))
      if step % 3 == 0 { reading.files.create("/run/trainer_state.json", state(through: step)) }
      reading.readOn()
      #expect(reading.run.series.firstIndex { $0.name == "train/loss" } == id)
      #expect(reading.values("train/loss").count == step)
    }
    #expect(reading.run.restarts.isEmpty)
    #expect(reading.summary.sources.count == 2)
  }

  @Test func `What is left of an earlier launch does not hide the one that runs`() {
    var reading = RunReading()
    reading.files.create("/run/trainer_state.json", state(through: 100))
    reading.files.create("/run/metrics.jsonl", lines(1...2, plus: 0.5))
    reading.readOn()
    #expect(reading.run.lastStep == 100)
    reading.files.append("/run/metrics.jsonl", lines(3...3, plus: 0.5))
    reading.readOn()
    #expect(reading.values("loss") == [1: 1.5, 2: 2.5, 3: 3.5])
    #expect(reading.run.lastStep == 3)
  }

  @Test func `A source that went back is believed over one that did not`() {
    var reading = RunReading()
    reading.files.create("/run/trainer_state.json", state(through: 10))
    reading.files.create("/run/metrics.jsonl", lines(1...10) + lines(6...8, plus: 0.5))
    reading.readOn()
    #expect(reading.values("loss")[8] == 8.5)
    #expect(reading.values("loss")[10] == nil)
    #expect(reading.run.restarts.map { [$0.fromStep, $0.toStep, $0.line] } == [[10, 6, 11]])
    #expect(reading.run.restarts.first?.file == "/run/metrics.jsonl")
    #expect(reading.summary.restarts.first?.file == "/run/metrics.jsonl")
  }

  @Test func `A restart that several sources tell of is listed once`() {
    var reading = RunReading()
    reading.files.create("/run/metrics.jsonl", lines(1...10) + lines(6...12) + lines(6...12))
    reading.files.create("/run/trainer_state.json", state(through: 10))
    reading.readOn()
    reading.files.create(
      "/run/trainer_state.json",
      trainerState((1...12).map { (step: $0, numbers: ["loss": Double($0) + ($0 > 5 ? 0.5 : 0)]) }))
    reading.readOn()
    #expect(reading.run.restarts.map(\.toStep) == [6, 6])
  }

  @Test func `Rejected lines name their file, and go when it is read anew`() {
    var reading = RunReading()
    reading.files.create("/run/metrics.jsonl", "{\"step\":1,\"a\":2}\n[]\n")
    reading.files.create("/run/trainer_log.jsonl", "{\"current_steps\":1,\"percentage\":2}\nno\n")
    reading.readOn()
    #expect(
      reading.run.rejections.listed.map(\.place) == [
        "/run/metrics.jsonl line 2", "/run/trainer_log.jsonl line 2",
      ])
    reading.files.create("/run/metrics.jsonl", "{\"step\":1,\"a\":2}\n")
    reading.readOn()
    #expect(reading.run.rejections.listed.map(\.place) == ["/run/trainer_log.jsonl line 2"])
    #expect(reading.run.rejections.count == 1)
  }

  @Test func `A log that is no number is found once for all sources`() {
    var reading = RunReading()
    reading.files.create("/run/metrics.jsonl", lines(1...3) + "{\"step\":4,\"train/loss\":NaN}\n")
    reading.files.create("/run/trainer_state.json", trainerState([(step: 4, numbers: ["loss": .nan])]))
    reading.readOn()
    #expect(reading.run.findings().map(\.series) == ["train/loss"])
  }

  @Test func `Launches that continue each other are one source`() {
    var reading = RunReading()
    reading.files.create("/run/log_1.txt", "Step 1 | loss:1 \nStep 2 | loss:2 \nStep 3 | loss:3 \n")
    reading.files.create("/run/log_2.txt", "Step 3 | loss:30 \nStep 4 | loss:40 \n")
    reading.readOn()
    #expect(reading.summary.sources.map(\.path) == ["/run"])
    #expect(reading.summary.lines == 5)
    #expect(reading.values("loss") == [1: 1, 2: 2, 3: 30, 4: 40])
    reading.files.create("/run/log_3.txt", "Step 2 | loss:200 \n")
    reading.readOn()
    #expect(reading.values("loss") == [1: 1, 2: 200])
    #expect(reading.run.restarts.map(\.place) == ["/run/log_3.txt line 1"])
  }

  @Test func `One source that cannot be read does not keep the others`() {
    var reading = RunReading()
    reading.files.create("/run/metrics.jsonl", lines(1...3))
    reading.files.create("/run/trainer_log.jsonl", "{\"current_steps\":1,\"percentage\":2}\n")
    reading.files.fail("/run/trainer_log.jsonl", with: .unreadable("Permission denied"))
    reading.readOn()
    #expect(reading.run.activity == .upToDate)
    #expect(reading.values("train/loss").count == 3)
  }

  @Test func `A dialect that is forced leaves the other sources out`() {
    var reading = RunReading(dialect: .trainerState)
    reading.files.create("/run/metrics.jsonl", lines(1...3))
    reading.files.create("/run/trainer_state.json", state(through: 2))
    reading.readOn()
    #expect(reading.summary.sources.map(\.dialect) == ["hf-trainer-state"])
    #expect(reading.summary.metrics.keys.sorted() == ["loss"])
  }

  @Test func `Logits keep their modes when another source goes back`() {
    var reading = RunReading()
    reading.files.create(
      "/run/metrics.jsonl",
      (0...5).map { "{\"step\":\($0),\"mode\":\"eval\",\"logits\":[1,2],\"ref_logits\":[2,1]}\n" }.joined())
    reading.files.create("/run/log_1.txt", "Step 4 | loss:1 \nStep 1 | loss:2 \n")
    reading.readOn()
    #expect(reading.run.restarts.map(\.toStep) == [1])
    #expect(reading.summary.divergence.map(\.step) == Array(0...5))
    #expect(reading.run.lastStep == 5)
  }

  @Test func `Checkpoints may be evaluated in any order`() {
    var reading = RunReading()
    let results = { (score: Double) in
      "{\n  \"results\": {\"arc\": {\"alias\": \"arc\", \"acc,none\": \(score)}},\n  \"versions\": {\"arc\": 1}\n}\n"
    }
    reading.files.create("/run/checkpoint-20/results_2026-01-02.json", results(0.2))
    reading.files.create("/run/checkpoint-100/results_2026-01-01.json", results(0.9))
    reading.readOn()
    reading.files.create("/run/checkpoint-50/results_2026-01-03.json", results(0.5))
    reading.readOn()
    let key = reading.run.series.first { $0.count > 0 }?.name ?? ""
    #expect(reading.summary.dialect == "lm-eval")
    #expect(reading.values(key) == [20: 0.2, 50: 0.5, 100: 0.9])
    #expect(reading.run.restarts.isEmpty)
  }

  @Test func `The metrics of mlflow are one more source`() {
    var reading = RunReading()
    reading.files.create("/run/trainer_state.json", state(through: 2))
    reading.files.create("/run/mlruns/0/abc/meta.yaml", "run_id: abc\n")
    reading.files.create("/run/mlruns/0/abc/metrics/loss", "1700000000000 1.5 1\n1700000001000 2.5 2\n")
    reading.readOn()
    #expect(reading.summary.sources.map(\.dialect) == ["hf-trainer-state", "mlflow"])
    #expect(reading.values("loss") == [1: 1.5, 2: 2.5])
    var own = RunReading("/run/mlruns/0/abc", files: reading.files)
    own.readOn()
    #expect(own.summary.dialect == "mlflow")
  }

  @Test(arguments: [
    ("loss", "train/loss"), ("eval_loss", "eval/loss"), ("test_x", "test/x"), ("train/loss", "train/loss"),
    ("lr", "train/learning_rate"), ("train_loss", "train/train_loss"), ("actor/kl", "train/actor/kl"),
  ])
  func `Keys are compared as the Trainer's integrations spell them`(key: String, quantity: String) {
    #expect(MetricKey.acrossSources(key) == quantity)
  }
}
