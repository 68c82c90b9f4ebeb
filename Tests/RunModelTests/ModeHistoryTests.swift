import RunLog
import RunTestSupport
import TestSupport
import Testing

@testable import RunModel

struct ModeHistoryTests {
  @Test func `Only changes are listed, each phase for itself`() {
    let run = RunModel { log in
      log.eval(step: 0, ["eval/loss": 1])
      for step in 0...3 { log.train(step: step, ["loss": 1], modes: .training) }
      log.eval(step: 3, ["eval/loss": 1])
      log.train(step: 4, ["loss": 1], modes: ModelModes(policy: .eval))
    }
    #expect(run.modes.changes.map(\.step) == [0, 0, 4])
    #expect(run.modes.changes.map(\.phase) == [.eval, .train, .train])
    #expect(run.modes.changes.last?.modes.reference == .eval, "what a record leaves out stands as it was")
  }

  @Test func `A replay sees the modes of its step`() {
    let run = RunModel { log in
      log.train(step: 0, ["loss": 1], modes: .training)
      log.train(step: 5, ["loss": 1], modes: ModelModes(policy: .eval))
    }
    #expect(run.modeStates(at: 4).map(\.policy.isTraining) == [true])
    #expect(run.modeStates(at: 5).map(\.policy.isTraining) == [false])
    #expect(run.modeStates(at: 5).map(\.sinceStep) == [5])
    #expect(run.modeStates(at: -1).isEmpty)
  }

  @Test func `A late record does not change how things stand`() {
    let run = RunModel { log in
      log.eval(step: 0, ["eval/loss": 1])
      log.eval(step: 10, ["eval/loss": 1])
      log.eval(step: 5, ["eval/other": 1], modes: ModelModes(policy: .train))
    }
    #expect(run.modeStates(at: 10).map(\.policy.isTraining) == [false])
  }

  @Test func `A reference with adapters off is seen in evaluations, where it shares the mode of the policy`()
  {
    let training = ModelModes(policy: .train, policyGradients: true, referenceIsAdapterOff: true)
    let probing = ModelModes(
      policy: .eval, policyGradients: false, referenceGradients: false, referenceIsAdapterOff: true)
    let run = RunModel { log in
      log.eval(step: 0, ["eval/loss": 1], modes: probing)
      for step in 1...20 { log.train(step: step, ["loss": 1], modes: training) }
    }
    let states = run.modeStates(at: 20)
    #expect(states.map(\.policy.isTraining) == [true, false])
    #expect(states.map(\.reference.isTraining) == [false, false])
    #expect(states.map(\.reference.recordsGradients) == [false, false])
    #expect(states.map(\.referenceLastSeen) == [0, nil])
    #expect(run.codes.isEmpty, "it cannot have a mode of its own")
  }

  @Test func `A reference with adapters off that no evaluation shows is not seen`() {
    let modes = ModelModes(policy: .train, referenceIsAdapterOff: true)
    let run = RunModel { log in log.train(step: 0, ["loss": 1], modes: modes) }
    #expect(run.modeStates(at: 0).map(\.reference) == [ModelSwitches()])
    #expect(run.codes.isEmpty)
  }

  @Test func `A log that says nothing about modes has none`() {
    let run = RunModel { log in log.train(step: 0, ["loss": 1]) }
    #expect(run.modes.changes.isEmpty)
    #expect(run.modeStates(at: 0).isEmpty)
  }
}
