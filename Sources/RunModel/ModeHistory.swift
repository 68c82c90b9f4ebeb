package import RunLog

/// The train/eval and gradient switches of both models over the run, changes only, per phase.
package struct ModeHistory: Sendable {
  package struct Change: Sendable, Hashable {
    package var step: Int
    package var phase: Phase
    package var modes: ModelModes
  }

  /// In the order of the file.
  package private(set) var changes: [Change] = []

  package init() {}

  /// The switches in force for `phase` at `step`, the last known ones; `nil` before the log says anything.
  package func modes(phase: Phase, at step: Int) -> ModelModes? {
    changes.last { $0.phase == phase && $0.step <= step }?.modes
  }

  /// What the log last said at or before `step`, whatever it was about.
  package func latest(at step: Int) -> Change? { changes.last { $0.step <= step } }

  mutating func note(_ modes: ModelModes, phase: Phase, step: Int) {
    guard !modes.isEmpty else { return }
    let before = changes.last { $0.phase == phase }?.modes
    let merged = modes.completed(from: before)
    guard merged != before else { return }
    changes.append(Change(step: step, phase: phase, modes: merged))
  }

  mutating func restart(at step: Int) { changes.removeAll { $0.step >= step } }
}

extension ModelModes {
  /// A record that leaves a switch out says nothing about it: the last known state stands.
  func completed(from earlier: ModelModes?) -> ModelModes {
    guard let earlier else { return self }
    return ModelModes(
      policy: policy ?? earlier.policy,
      policyGradients: policyGradients ?? earlier.policyGradients,
      reference: reference ?? earlier.reference,
      referenceGradients: referenceGradients ?? earlier.referenceGradients,
      referenceIsAdapterOff: referenceIsAdapterOff || earlier.referenceIsAdapterOff)
  }
}
