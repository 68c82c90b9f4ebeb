import RunLog
import RunTestSupport
import TestSupport
import Testing

@testable import Reports
@testable import RunModel

/// What a source says about all of its records.
struct SourceNoticeTests {
  @Test func `Revised steps replace every point and are no restart`() {
    let run = RunModel { log in
      for step in 1...3 { log.train(step: step, ["loss": Double(step)]) }
      log.notice(.stepsRevised)
      for step in 1...4 { log.train(step: step * 10, ["loss": Double(step)]) }
    }
    #expect(run.restarts.isEmpty)
    #expect(run.firstStep == 10)
    #expect(run.lastStep == 40)
    #expect(RunSummary(run).metrics["loss"]?.count == 4)
    #expect(run.series(named: "loss")?.abandoned.isEmpty == true)
  }

  @Test func `A session that starts replaces what was logged from its step on`() {
    let run = RunModel { log in
      for step in 1...5 { log.train(step: step, ["loss": Double(step)]) }
      log.notice(.sessionStarted(step: 9))
      log.notice(.sessionStarted(step: 4))
      log.train(step: 6, ["loss": 6])
    }
    #expect(run.restarts.map(\.toStep) == [4])
    #expect(run.restarts.map(\.fromStep) == [5])
    #expect(RunSummary(run).metrics["loss"]?.count == 4)
  }

  @Test func `Lines of a console before its first record are not rejected`() {
    let run = RunModel { log in
      log.notice(.rejected(reason: "not JSON"))
      log.notice(.printedOutput)
      log.train(step: 1, ["loss": 1])
    }
    #expect(run.rejections.count == 0)
  }
}
