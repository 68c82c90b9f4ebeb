internal import RunLog

/// The switches of one model; `nil` where the log does not say.
package struct ModelSwitches: Sendable, Hashable {
  /// `model.training`: dropout drops units and batch statistics move.
  package var isTraining: Bool?
  /// `torch.is_grad_enabled()` in the forward pass, independent of the mode.
  package var recordsGradients: Bool?
}

/// How both models stood in one phase of the run, and since when.
package struct ModeState: Sendable, Hashable {
  /// `train` or `eval`.
  package var phase: String
  package var policy: ModelSwitches
  /// Of the last time it ran: see `referenceLastSeen`.
  package var reference: ModelSwitches
  package var sinceStep: Int
  /// The reference is the policy with its adapters switched off: one set of weights, one mode.
  package var referenceIsAdapterOff = false
  /// Where the reference does not run in this phase, the step of the evaluation in which it was last seen.
  package var referenceLastSeen: Int?
}

extension RunModel {
  /// The switches in force at `step`: of the training phase first, then of the evaluation, where the log has them.
  package func modeStates(at step: Int) -> [ModeState] {
    Phase.allCases.compactMap { phase in
      guard let change = modes.change(phase: phase, at: step) else { return nil }
      var state = ModeState(change)
      guard phase == .train, change.modes.referenceDoesNotRun else { return state }
      // A training step uses the policy alone: what it says of the weights they share is not about the reference.
      let seen = modes.change(phase: .eval, at: step).map(ModeState.init)
      state.reference = seen?.reference ?? ModelSwitches()
      state.referenceLastSeen = seen == nil ? nil : evaluation(from: min(step, .max - 1) + 1, direction: -1)
      return state
    }
  }
}

extension RunModel {
  /// How the switches changed over the run, in the order of the file; steps of one phase never decrease.
  package var modeChanges: [ModeState] { modes.changes.map(ModeState.init) }
}

extension ModeState {
  init(_ change: ModeHistory.Change) {
    let modes = change.modes
    self.init(
      phase: change.phase.name,
      policy: ModelSwitches(
        isTraining: modes.policy.map { $0 == .train }, recordsGradients: modes.policyGradients),
      reference: ModelSwitches(
        isTraining: modes.ownOrSharedReference.map { $0 == .train },
        recordsGradients: modes.referenceGradients),
      sinceStep: change.step, referenceIsAdapterOff: modes.referenceIsAdapterOff)
  }
}
