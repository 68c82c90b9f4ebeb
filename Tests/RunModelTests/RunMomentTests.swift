import RunTestSupport
import TestSupport
import Testing

@testable import Curves
@testable import RunAnalysis
@testable import RunModel

struct RunMomentTests {
  @Test func `Late rows are not known before the run has gone beyond them`() {
    let run = RunModel { log in
      for step in 0..<40 {
        log.train(step: step, ["loss": Double(step)])
        if step == 25 { log.eval(step: 20, ["eval/old/accuracy": 0.5, "loss": -1]) }
      }
    }
    #expect(run.asOf(step: 20).series(named: "eval/old/accuracy")?.count == 0)
    #expect(run.asOf(step: 24).points("loss").map(\.step) == Array(0...24))
    #expect(run.asOf(step: 25).points("eval/old/accuracy") == [Point(20, 0.5)])
    #expect(run.asOf(step: 25).points("loss").filter { $0.step == 20 }.map(\.value) == [20, -1])
    #expect(run.asOf(step: 25).lastStep == 25)
  }

  @Test func `Of a step that was taken back the moment is that of the new branch`() {
    let run = RunModel { log in
      for step in 0..<10 { log.train(step: step, ["loss": 1]) }
      for step in 5..<20 { log.train(step: step, ["loss": 2]) }
    }
    #expect(run.asOf(step: 4).restarts.isEmpty && run.asOf(step: 4).points("loss").count == 5)
    #expect(run.asOf(step: 5).restarts.map(\.toStep) == [5])
    #expect(run.asOf(step: 7).points("loss").suffix(3).map(\.value) == [2, 2, 2])
    #expect(run.asOf(step: 7).series(named: "loss")?.abandoned.map(\.count) == [5])
    #expect(run.asOf(step: 4).series(named: "loss")?.abandoned.count == 0)
  }

  @Test func `Looking back changes nothing of the run itself`() {
    let run = RunModel { log in for step in 0..<5000 { log.train(step: step, ["loss": Double(step)]) } }
    let past = run.asOf(step: 4100)
    #expect(past.rows.count == 4101 && past.points("loss").last == Point(4100, 4100))
    #expect(run.rows.count == 5000 && run.points("loss").last == Point(4999, 4999))
    #expect(past.asOf(step: 10).points("loss").count == 11)
  }

  @Test func `Before the first step nothing is known`() {
    let run = RunModel { log in for step in 3..<9 { log.train(step: step, ["loss": .nan]) } }
    let past = run.asOf(step: 2)
    #expect(past.firstStep == nil && past.lastStep == nil && past.findings() == [])
  }

  @Test func `Evaluations are found forwards and backwards`() {
    let run = RunModel { log in
      for step in 0..<50 {
        log.train(step: step, ["loss": 1])
        if step % 20 == 0 { log.eval(step: step, ["eval/old/accuracy": 1]) }
        if step % 25 == 5 {
          log.logits(step: step, set: "old", [SyntheticSample("a", policy: [1, 0], reference: [1, 0])])
        }
      }
    }
    #expect(run.evaluationStep(from: 0, isForward: true) == 5)
    #expect(run.evaluationStep(from: 5, isForward: true) == 20)
    #expect(run.evaluationStep(from: 40, isForward: true) == nil)
    #expect(run.evaluationStep(from: 40, isForward: false) == 30)
    #expect(run.evaluationStep(from: 0, isForward: false) == nil)
    let window = CurveWindow(firstStep: 0, lastStep: 49, columns: 50)
    #expect(run.evaluationColumns(window) == [0, 5, 20, 30, 40])
  }
}
