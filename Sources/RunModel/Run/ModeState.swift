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
  package var reference: ModelSwitches
  package var sinceStep: Int
}

extension RunModel {
  /// The switches in force at `step`: of the training phase first, then of the evaluation, where the log has them.
  package func modeStates(at step: Int) -> [ModeState] {
    Phase.allCases.compactMap { phase in
      modes.change(phase: phase, at: step).map(ModeState.init)
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
      sinceStep: change.step)
  }
}
