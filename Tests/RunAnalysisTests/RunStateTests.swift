import RunLog
import RunTestSupport
import TestSupport
import Testing

@testable import RunAnalysis
@testable import RunFeed
@testable import RunModel

struct RunStateTests {
  private static let start = 1_760_000_000.0

  /// A record each ten seconds.
  private func run(_ count: Int, _ rest: (inout SyntheticRun) -> Void = { _ in }) -> RunModel {
    RunModel { log in
      for step in 0..<count { log.train(step: step, ["loss": 1], time: Self.start + Double(step) * 10) }
      rest(&log)
    }
  }

  private func state(_ run: RunModel, after seconds: Double, stall: Double? = nil) -> RunState {
    RunState(of: run, now: Self.start + seconds, stall: stall)
  }

  @Test func `A run is stalled after a minute of silence, five usual ones and twice the longest`() {
    let run = run(10)
    #expect(state(run, after: 100).word == .running)
    #expect(state(run, after: 149).word == .running)
    let stalled = state(run, after: 155)
    #expect(stalled.word == .stalled && stalled.silence == 65 && stalled.usualSilence == 10)
    #expect(stalled.text == "stalled, silent for 00:01:05, usually 10 s")
    #expect(stalled.findings(of: run).map(\.code) == [.stalled])
    #expect(state(run, after: 120, stall: 20).word == .stalled)
    #expect(state(run, after: 300, stall: 600).word == .running)
  }

  @Test func `What was silent for hours before anybody looked has ended without saying so`() {
    let run = run(10)
    let old = state(run, after: 90 + 7200)
    #expect(old.word == .ended && old.findings(of: run).isEmpty)
    #expect(old.text == "ended without saying so, last written to 02:00:00 ago")
    #expect(state(run, after: 90 + 7200, stall: 600).word == .stalled, "the user says what stalled is")
    var arrivals = WritingGaps()
    arrivals.note(time: Self.start + 90)
    #expect(RunState(of: run, now: Self.start + 7290, arrivals: arrivals).word == .stalled, "it was watched")
  }

  @Test func `What a tracker notes of the end beside the log counts, unless the log goes on`() {
    var folder = RunFolderNews()
    folder.end = TrainingEnd(status: "failed", reason: "as mlflow notes", time: Self.start + 95)
    var run = run(10)
    run.note(folder)
    #expect(state(run, after: 1e6).text == "failed, failed: as mlflow notes")
    var later = self.run(20)
    later.note(folder)
    #expect(state(later, after: 200).word == .running)
    folder.end = TrainingEnd(status: "finished")
    run.note(folder)
    #expect(state(run, after: 1e6).word == .finished)
  }

  @Test func `The file store of mlflow says how a run ended`() {
    func end(_ status: Int) -> TrainingEnd? {
      let files = FakeFileSystem()
      files.append(
        "/run/meta.yaml", "end_time: 1760000100000\nlifecycle_stage: active\nstatus: \(status)\n".utf8)
      files.append("/run/metrics/loss", "1760000000000 1.5 0\n".utf8)
      return SurroundingFiles(in: files).end(of: "/run")
    }
    #expect(end(1) == nil && end(3) == TrainingEnd(status: "finished", time: 1_760_000_100))
    #expect(end(4)?.status == "failed" && end(5)?.status == "killed")
  }

  @Test func `A pause as long as one before is none to worry about`() {
    let run = run(10) { log in log.train(step: 10, ["loss": 1], time: Self.start + 1090) }
    #expect(state(run, after: 1090 + 1900).word == .running)
    #expect(state(run, after: 1090 + 2100).word == .stalled)
  }

  @Test func `What the log says of its end counts, until it goes on`() {
    let finished = run(10) { log in
      log.train(step: 9, time: Self.start + 91)
      log.text("event", "end")
      log.text("status", "finished")
    }
    #expect(state(finished, after: 1e6).word == .finished)
    let failed = run(10) { log in
      log.train(step: 9, time: Self.start + 91)
      log.text("event", "end")
      log.text("status", "failed")
      log.text("error", "OutOfMemoryError")
    }
    #expect(state(failed, after: 1e6).word == .failed)
    #expect(state(failed, after: 1e6).text == "failed, failed: OutOfMemoryError")
    let resumed = run(10) { log in
      log.train(step: 9, time: Self.start + 91)
      log.text("event", "end")
      log.train(step: 10, ["loss": 1], time: Self.start + 100)
    }
    #expect(state(resumed, after: 110).word == .running)
    #expect(state(failed.asOf(step: 5), after: 60).word == .running)
  }

  @Test func `Time left is told where the steps that are planned are known`() {
    var folder = RunFolderNews()
    folder.progress = TrainingProgress(done: 5, total: 109)
    var run = run(10)
    #expect(state(run, after: 91).secondsLeft == nil)
    run.note(folder)
    let state = state(run, after: 91)
    #expect(state.done == 9 && state.total == 109)
    #expect(abs((state.secondsLeft ?? 0) - 1000) < 1)
    #expect(state.text == "running, step 9 of 109, 00:16:40 left")
  }

  @Test func `Without times in the log what arrived tells, else when its file was written`() {
    var run = RunModel { log in for step in 0..<5 { log.train(step: step, ["loss": 1]) } }
    #expect(RunState(of: run, now: Self.start).silence == nil)
    var arrivals = WritingGaps()
    for second in [0.0, 10, 20] { arrivals.note(time: Self.start + second) }
    #expect(RunState(of: run, now: Self.start + 100, arrivals: arrivals).word == .stalled)
    var folder = RunFolderNews()
    folder.lastWritten = Self.start
    run.note(folder)
    #expect(RunState(of: run, now: Self.start + 10).silence == 10)
  }

  @Test
  func `The newest state of the trainer tells the steps and the best checkpoint, below and beside the log`()
    throws
  {
    let files = FakeFileSystem()
    for (step, best) in [(20, 20), (40, 20)] {
      files.append("/out/checkpoint-\(step)/model", [1])
      files.append(
        "/out/checkpoint-\(step)/trainer_state.json",
        #"{"best_model_checkpoint":"/elsewhere/checkpoint-\#(best)","global_step":\#(step),"log_history":[{"loss":NaN}],"max_steps":400}"#
          .utf8)
    }
    files.append("/out/metrics.jsonl", [1])
    for path in ["/out", "/out/metrics.jsonl", "/out/checkpoint-40"] {
      let news = CheckpointFolders(in: files).news(of: path)
      #expect(news.progress == TrainingProgress(done: 40, total: 400), "\(path)")
      var run = run(3)
      run.note(news)
      #expect(run.checkpoints.map(\.isTrainersBest) == [true, false], "\(path)")
    }
  }

  @Test func `What became of the process that kltop started counts, unless the log goes on`() throws {
    let files = FakeFileSystem()
    files.append("/out/metrics.jsonl", [1])
    files.append(
      "/out/.kltop/run.json", #"{"command":["a"],"process":7,"status":137,"ended":\#(Self.start + 100)}"#.utf8
    )
    let news = CheckpointFolders(in: files).news(of: "/out")
    var run = run(10)
    run.note(news)
    #expect(state(run, after: 200).text == "failed, exit status 137")
    var later = self.run(20)
    later.note(news)
    #expect(state(later, after: 200).word == .running)
  }

  @Test func `A finding is news once, and again after a restart took it back or it had recovered`() {
    let finding = Finding(severity: .error, code: .forgetting, series: "a", step: 5, count: 1, message: "")
    var recovered = finding
    recovered.recoveredAt = 9
    var news = FindingNews()
    #expect(news.take([finding], restarts: 0) == [finding])
    #expect(news.take([finding], restarts: 0).isEmpty)
    #expect(news.take([], restarts: 0).isEmpty && news.take([finding], restarts: 0).isEmpty, "it flickers")
    #expect(news.take([], restarts: 1).isEmpty)
    #expect(news.take([finding], restarts: 1) == [finding])
    #expect(news.take([recovered], restarts: 1).isEmpty)
    #expect(news.take([finding], restarts: 1) == [finding])
  }
}
