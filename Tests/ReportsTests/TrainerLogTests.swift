import RunLog
import RunTestSupport
import TestSupport
import Testing

@testable import Reports
@testable import RunAnalysis
@testable import RunModel

/// What the logs of trainers say beside their numbers.
struct TrainerLogTests {
  private static func run(_ text: String, path: String = "/runs/log") -> RunModel {
    let files = FakeFileSystem()
    files.create(path, text)
    var follower = RunFollower(path: path, fileSystem: files)
    var run = RunModel(path: path)
    repeat {
      run.apply(ComparedBatch(batch: follower.nextBatch(), measurements: []))
    } while run.status.source == .reading
    return run
  }

  private static func codes(_ text: String) -> [FindingCode] { run(text).findings().map(\.code) }

  @Test func `A row of training with metrics of eval mode is a finding`() throws {
    let rows = """
      {'loss': '1.5', 'grad_norm': '1', 'learning_rate': '0.1', 'kl': '0.1', 'epoch': '0.1'}
      {'eval_loss': '1.6', 'eval_runtime': '2', 'eval_kl': '0.1', 'epoch': '0.1'}
      {'loss': '1.4', 'grad_norm': '1', 'learning_rate': '0.1', 'eval_kl': '0.2', 'eval_reward': '1', 'epoch': '0.2'}
      {'loss': '1.3', 'grad_norm': '1', 'learning_rate': '0.1', 'eval_kl': '0.3', 'epoch': '0.3'}

      """
    let finding = try #require(Self.run(rows).findings().first { $0.code == .trainingInEvalMode })
    #expect(finding.severity == .warning)
    #expect(finding.count == 2)
    #expect(finding.message.contains("training rows report eval_kl at steps 2–3"))
  }

  @Test func `Rows of evaluations and of training are no finding, nor are logs of other programs`() {
    let rows = """
      {'loss': '1.5', 'grad_norm': '1', 'learning_rate': '0.1', 'kl': '0.1', 'epoch': '0.1'}
      {'eval_loss': '1.6', 'eval_kl': '0.1', 'epoch': '0.1'}
      {'eval_old_loss': '1.6', 'eval_old_kl': '0.1', 'epoch': '0.1'}

      """
    #expect(!Self.codes(rows).contains(.trainingInEvalMode))
    #expect(!Self.codes("{\"step\":1,\"loss\":1,\"eval_acc\":0.5}\n").contains(.trainingInEvalMode))
  }

  @Test func `LLaMA-Factory says how far it is`() throws {
    let rows = """
      {"current_steps": 10, "total_steps": 375, "loss": 1.5, "lr": 2e-5, "epoch": 0.1, "percentage": 2.67, "elapsed_time": "0:00:10", "remaining_time": "0:06:05"}
      {"current_steps": 20, "total_steps": 375, "loss": 1.2, "lr": 2e-5, "epoch": 0.2, "percentage": 5.33, "elapsed_time": "0:00:20", "remaining_time": "1 day, 0:05:55"}

      """
    let run = Self.run(rows, path: "/runs/trainer_log.jsonl")
    #expect(run.status.dialect == .llamaFactory)
    #expect(run.progress(at: 20) == TrainingProgress(done: 20, total: 375, secondsLeft: 86755))
    #expect(run.progress(at: .max) == run.progress(at: 20))
    #expect(run.progress(at: 10) == TrainingProgress(done: 10, total: 375))
    let summary = RunSummary(run)
    #expect(summary.progress?.secondsLeft == 86755)
    #expect(SummaryText.text(of: summary).contains("step 20 of 375, 86755 seconds left"))
  }

  @Test func `The state of the Trainer says how far it is`() {
    let state =
      "{\n  \"epoch\": 0.5,\n  \"global_step\": 40,\n  \"log_history\": [{\"loss\": 1, \"step\": 40, \"max_steps\": 7}],\n  \"max_steps\": 80\n}"
    #expect(
      Self.run(state, path: "/runs/trainer_state.json").progress(at: 40)
        == TrainingProgress(done: 40, total: 80))
  }

  @Test func `The bar of standard output says how far it is`() {
    let text =
      " 10%|█         | 10/100 [00:05<00:45,  2.00it/s]\r{'loss': '1', 'epoch': '0.1'}\n 12%|█▏   | 12/100 [00:06<01:02:03,  2.00it/s]\n  5%|▌| 1/20 [00:01<00:19]\n"
    #expect(Self.run(text).progress(at: .max) == TrainingProgress(done: 12, total: 100, secondsLeft: 3723))
    #expect(Self.run("{'loss': '1', 'epoch': '0.1'}\n").progress(at: .max) == nil)
  }

  @Test(arguments: [
    ("40", 40.0), ("02:30", 150), ("1:02:30", 3750), ("2 days, 1:02:30", 176_550), ("1 day, 0:00:00", 86400),
    ("?", nil), ("", nil), ("1:2:3:4", nil), ("-1:00", nil), ("x days, 1:00:00", nil), ("1 week, 1:00", nil),
  ])
  func `Times left are read as they are printed`(text: String, seconds: Double?) {
    #expect(TrainingProgress.seconds(text) == seconds)
  }

  @Test(arguments: [(-1, 10), (11, 10), (0, 0), (5, -5)])
  func `Progress that makes no sense is none`(done: Int, total: Int) {
    #expect(TrainingProgress(done: done, total: total) == nil)
  }

  @Test func `Scores have their standard errors`() throws {
    let scores = "\"acc,none\": 0.5, \"acc_stderr,none\": 0.125, \"em,strict\": 0.25"
    let text = "{\n \"results\": {\"a/b\": {\(scores)}}, \"configs\": {}\n}"
    let run = Self.run(text, path: "/runs/checkpoint-30/results_1.json")
    let found = run.evaluationScores
    #expect(found.map(\.task) == ["a/b", "a/b"])
    #expect(found.map(\.metric) == ["acc", "em"])
    #expect(found.map(\.filter) == ["none", "strict"])
    #expect(found.map(\.step) == [30, 30])
    #expect(found.map(\.value) == [0.5, 0.25])
    #expect(found.map(\.standardError) == [0.125, nil])
    let summary = RunSummary(run)
    #expect(summary.unplacedKeys.isEmpty)
    #expect(summary.roles["accuracy"] == ["a/b/acc,none", "a/b/em,strict"])
    #expect(summary.findings.isEmpty)
  }

  @Test func `Scores of no checkpoint are a finding`() throws {
    let text = "{\n \"results\": {\"a\": {\"acc,none\": 1}}, \"model_name\": \"gpt2\"\n}"
    let finding = try #require(Self.run(text, path: "/runs/results_1.json").findings().first)
    #expect(finding.code == .checkpointUnknown)
    #expect(finding.message.hasPrefix("scores of gpt2 name no checkpoint-N"))
  }
}
