import RunTestSupport
import TestSupport
import Testing

@testable import RunModel

struct RunClockTests {
  @Test func `Speed and elapsed time come from the log's own times`() {
    let run = RunModel { log in
      for step in 0...100 { log.train(step: step, ["loss": 1], time: 1000 + Double(step) / 4) }
    }
    #expect(run.elapsed(at: 100) == 25)
    #expect(run.elapsed(at: 40) == 10)
    #expect(run.stepsPerSecond(at: 100) == 4)
    #expect(run.time(at: 8) == 1002)
  }

  @Test func `The pause before a resumed run is no speed`() {
    let run = RunModel { log in
      for step in 0...10 { log.train(step: step, ["loss": 1], time: Double(step)) }
      for step in 5...8 { log.train(step: step, ["loss": 1], time: 100_000 + Double(step) / 2) }
    }
    #expect(run.stepsPerSecond(at: 8) == 2)
    #expect(run.stepsPerSecond(at: 5) == nil, "one point of the new branch has no speed yet")
    #expect(run.stepsPerSecond(at: 4) == 1)
  }

  @Test func `A record without a time does not stop the clock`() {
    let run = RunModel { log in
      for step in 0...40 {
        log.train(step: step, ["loss": 1], time: [0, 20, 40].contains(step) ? .nan : Double(step) / 2)
      }
    }
    #expect(run.time(at: 40) == 19.5)
    #expect(run.time(at: 20) == 9.5)
    #expect(run.elapsed(at: 40) == 19)
    #expect(run.stepsPerSecond(at: 40) == 2)
    #expect(run.stepsPerSecond(at: 20) == 2)
  }

  @Test func `Without times there is no speed`() {
    let run = RunModel { log in for step in 0...3 { log.train(step: step, ["loss": 1]) } }
    #expect(run.elapsed(at: 3) == nil)
    #expect(run.stepsPerSecond(at: 3) == nil)
    #expect(RunModel(path: "-").time(at: 0) == nil)
  }
}
