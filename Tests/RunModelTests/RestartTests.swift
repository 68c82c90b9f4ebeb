import Divergence
import FileAccess
import RunLog
import RunTestSupport
import TestSupport
import Testing

@testable import Curves
@testable import RunModel

struct RestartTests {
  @Test func `A record below the last point of its own key starts a new branch`() {
    let run = RunModel { log in
      for step in 0...5 { log.train(step: step, ["loss": Double(step), "lr": 1]) }
      log.train(step: 3, ["loss": 30])
      log.train(step: 4, ["loss": 40])
    }
    #expect(run.restarts == [Restart(line: 7, fromStep: 5, toStep: 3, rowsBefore: 6)])
    #expect(run.points("loss") == [Point(0, 0), Point(1, 1), Point(2, 2), Point(3, 30), Point(4, 40)])
    #expect(run.points("lr") == [Point(0, 1), Point(1, 1), Point(2, 1)], "every key goes back")
    #expect(
      run.series(named: "loss")?.abandoned.map { run.points($0) } == [
        [Point(3, 3), Point(4, 4), Point(5, 5)]
      ])
    #expect(run.lastStep == 4)
    #expect(run.distinctSteps == 5)
  }

  @Test func `An equal step is no restart and keeps both points`() {
    let run = RunModel { log in
      log.train(step: 2, ["loss": 1])
      log.train(step: 2, ["loss": 2])
    }
    #expect(run.restarts.isEmpty)
    #expect(run.points("loss") == [Point(2, 1), Point(2, 2)])
  }

  @Test func `A key first seen at an early step is no restart`() {
    let run = RunModel { log in
      for step in 0...5 { log.train(step: step, ["loss": 1]) }
      log.train(step: 1, ["late": 2])
      log.train(step: 6, ["loss": 3])
    }
    #expect(run.restarts.isEmpty)
    #expect(run.points("loss").count == 7)
    #expect(run.points("late") == [Point(1, 2)])
  }

  @Test func `A late evaluation that goes on where the last one was is no restart`() {
    let run = RunModel { log in
      log.eval(step: 0, ["eval/loss": 1])
      for step in 0...20 { log.train(step: step, ["loss": 1]) }
      log.eval(step: 10, ["eval/loss": 2])
      log.train(step: 21, ["loss": 1])
      log.eval(step: 20, ["eval/loss": 3])
    }
    #expect(run.restarts.isEmpty)
    #expect(run.points("eval/loss") == [Point(0, 1), Point(10, 2), Point(20, 3)])
  }

  @Test func `Phases of one key are measured against their own last point`() {
    let run = RunModel { log in
      log.train(step: 8, ["eval/acc": 0.8])
      log.eval(step: 3, ["eval/acc": 0.3])
      log.eval(step: 5, ["eval/acc": 0.5])
      log.train(step: 9, ["eval/acc": 0.9])
    }
    #expect(run.restarts.isEmpty)
    #expect(run.points("eval/acc") == [Point(3, 0.3), Point(5, 0.5), Point(8, 0.8), Point(9, 0.9)])
    #expect(run.series(named: "eval/acc")?.current.firstValue == 0.3)
    #expect(run.series(named: "eval/acc")?.current.lastValue == 0.9)
  }

  @Test func `An equal step is no restart behind later steps of other keys either`() {
    let run = RunModel { log in
      log.eval(step: 3, ["eval/loss": 1])
      for step in 0...5 { log.train(step: step, ["loss": 1]) }
      log.eval(step: 3, ["eval/loss": 2])
    }
    #expect(run.restarts.isEmpty)
    #expect(run.points("eval/loss") == [Point(3, 1), Point(3, 2)])
  }

  @Test func `Each phase of one key goes back by itself`() {
    let run = RunModel { log in
      log.train(step: 3, ["eval/acc": 0.3])
      log.eval(step: 8, ["eval/acc": 0.8])
      log.train(step: 2, ["eval/acc": 0.2])
    }
    #expect(run.restarts.map { [$0.fromStep, $0.toStep] } == [[8, 2]])
    #expect(run.points("eval/acc") == [Point(2, 0.2)])
  }

  @Test func `A late point stands behind those of its step that came before it`() {
    let run = RunModel { log in
      for step in [5, 5, 6, 8] { log.train(step: step, ["eval/acc": Double(step)]) }
      log.eval(step: 5, ["eval/acc": 0.5])
      log.eval(step: 6, ["eval/acc": 0.6])
    }
    #expect(
      run.points("eval/acc") == [
        Point(5, 5), Point(5, 5), Point(5, 0.5), Point(6, 6), Point(6, 0.6), Point(8, 8),
      ])
  }

  @Test func `Each time a run goes back is listed once, from the highest step of its branch`() {
    let run = RunModel { log in
      for step in 0...10 { log.train(step: step, ["loss": 1]) }
      for step in 5...7 { log.train(step: step, ["loss": 2]) }
      for step in 6...8 { log.train(step: step, ["loss": 3]) }
    }
    #expect(run.restarts.map { [$0.line, $0.fromStep, $0.toStep] } == [[12, 10, 5], [15, 7, 6]])
    #expect(run.points("loss").map(\.value) == [1, 1, 1, 1, 1, 2, 3, 3, 3])
    #expect(run.series(named: "loss")?.abandoned.map(\.count) == [6, 2])
    #expect(run.distinctSteps == 9)
  }

  @Test func `After a restart a key that is rarer than the others keeps its own last step`() {
    let run = RunModel { log in
      log.train(step: 0, ["loss": 1, "rare": 1])
      for step in 1...99 { log.train(step: step, ["loss": 1]) }
      log.train(step: 100, ["loss": 1, "rare": 2])
      log.train(step: 50, ["loss": 1])
      log.train(step: 40, ["rare": 3])
    }
    #expect(run.restarts.count == 1, "the last point of rare is now at step 0")
    #expect(run.points("rare") == [Point(0, 1), Point(40, 3)])
  }

  @Test(arguments: [StartOver.truncated, .replaced])
  func `A file that is read again is a restart at its first record`(kind: StartOver) {
    let run = RunModel { log in
      for step in 0...4 { log.train(step: step, ["loss": 1]) }
      log.notice(.rejected(reason: "no JSON"))
      log.notice(.startedOver(kind))
      log.train(step: 0, ["other": 2])
    }
    #expect(run.restarts == [Restart(line: 1, fromStep: 4, toStep: 0, rowsBefore: 5)])
    #expect(run.points("loss").isEmpty)
    #expect(run.points("other") == [Point(0, 2)])
    #expect(run.rejections.count == 0, "the lines are counted anew")
    #expect(run.lastStep == 0)
  }

  @Test func `A file that is read again before anything was read is no restart`() {
    let run = RunModel { log in
      log.notice(.startedOver(.truncated))
      log.train(step: 0, ["loss": 2])
    }
    #expect(run.restarts.isEmpty)
    #expect(run.points("loss") == [Point(0, 2)])
  }

  @Test func `A restart reaches across batches`() {
    var log = SyntheticRun()
    var run = RunModel(path: "-")
    for step in [0, 1, 2, 1, 2, 3, 0] {
      log.train(step: step, ["loss": Double(step)])
      run.apply(ComparedBatch(batch: log.takeBatch(), measurements: []))
    }
    #expect(run.restarts.map { [$0.fromStep, $0.toStep] } == [[2, 1], [3, 0]])
    #expect(run.points("loss") == [Point(0, 0)])
  }

  @Test func `Modes and findings describe the current branch`() {
    let run = RunModel { log in
      log.train(step: 0, ["loss": 1], modes: .training)
      log.train(step: 1, ["loss": .nan], modes: ModelModes(policy: .train, reference: .train))
      log.train(step: 2, ["loss": .nan], modes: ModelModes(policy: .train, reference: .train))
      log.train(step: 1, ["loss": 2], modes: .training)
    }
    #expect(run.codes.isEmpty)
    #expect(run.modes.changes.count == 1)
    #expect(run.modeStates(at: 2).map(\.reference.isTraining) == [false])
  }

  @Test func `A restart takes logits with it, those right before its first record too`() {
    let run = RunModel { log in
      for step in [0, 10, 20] {
        log.logits(step: step, set: "old", [SyntheticSample("a", policy: [1, 2], reference: [2, 1])])
        log.train(step: step, ["loss": 1])
      }
      log.logits(step: 10, set: "old", [SyntheticSample("a", policy: [1, 2], reference: [1, 2])])
      log.train(step: 10, ["loss": 2])
    }
    #expect(run.restarts.map { [$0.fromStep, $0.toStep] } == [[20, 10]])
    let track = run.divergences[ProbeKey(phase: .eval, set: "old")]
    #expect(track?.points.map(\.step) == [0, 10])
    #expect(track?.points.last?.policyReference.mean == 0)
    #expect(track?.abandoned.map { $0.map(\.step) } == [[10, 20]])
    #expect(run.points("loss") == [Point(0, 1), Point(10, 2)])
  }

  @Test func `A log of logits alone goes back too`() {
    let run = RunModel { log in
      for step in [0, 10, 20, 30, 10, 20] {
        log.logits(step: step, set: "old", [SyntheticSample("a", policy: [1, 2], reference: [2, 1])])
      }
    }
    #expect(run.restarts.map { [$0.fromStep, $0.toStep] } == [[30, 10]])
    let track = run.divergences[ProbeKey(phase: .eval, set: "old")]
    #expect(track?.points.map(\.step) == [0, 10, 20])
    #expect(track?.abandoned.map { $0.map(\.step) } == [[10, 20, 30]])
  }

  @Test func `A log that goes back all the time keeps few old branches and lists every restart`() {
    let run = RunModel { log in
      for _ in 0..<500 {
        log.train(step: 0, ["loss": 1])
        log.train(step: 1, ["loss": 1])
      }
    }
    #expect(run.restarts.count == 499)
    #expect(run.series(named: "loss")?.abandoned.count == Series.keptBranches)
  }
}
