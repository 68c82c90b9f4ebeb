package import RunLog

/// The train/eval and gradient switches of both models over the run, changes only, per phase.
package struct ModeHistory: Sendable {
  package struct Change: Sendable, Hashable {
    package var step: Int
    package var phase: Phase
    package var modes: ModelModes
  }

  /// In the order of the file; steps of one phase never decrease.
  package private(set) var changes: [Change] = []
  /// Highest step that a record of each phase was about.
  private var lastSteps: [Phase: Int] = [:]

  package init() {}

  /// The change in force for `phase` at `step`; `nil` before the log says anything.
  package func change(phase: Phase, at step: Int) -> Change? {
    changes.last { $0.phase == phase && $0.step <= step }
  }

  /// A record that comes late, about a step before the last one, says nothing about how things stand now.
  mutating func note(_ modes: ModelModes, phase: Phase, step: Int) {
    guard !modes.isEmpty, lastSteps[phase].map({ step >= $0 }) ?? true else { return }
    lastSteps[phase] = step
    let before = changes.last { $0.phase == phase }?.modes
    let merged = modes.completed(from: before)
    guard merged != before else { return }
    if let last = changes.lastIndex(where: { $0.phase == phase }), changes[last].step == step,
      modes.completes(changes[last].modes)
    {
      // Records of one step complete each other: what one leaves out and the next one says is no change.
      changes[last].modes = merged
    } else {
      changes.append(Change(step: step, phase: phase, modes: merged))
    }
  }

  mutating func restart(at step: Int) {
    changes.removeAll { $0.step >= step }
    lastSteps = lastSteps.mapValues { min($0, step) }
  }
}

extension ModelModes {
  /// True where nothing here contradicts `other`.
  fileprivate func completes(_ other: ModelModes) -> Bool {
    func agree<Value: Equatable>(_ left: Value?, _ right: Value?) -> Bool { left == nil || right == nil || left == right }
    return agree(policy, other.policy) && agree(policyGradients, other.policyGradients)
      && agree(reference, other.reference) && agree(referenceGradients, other.referenceGradients)
  }

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

  /// The reference's mode: a reference that is the policy with its adapters off shares the policy's.
  var ownOrSharedReference: ModelMode? { reference ?? (referenceIsAdapterOff ? policy : nil) }
}
