internal import Curves
package import RunLog

/// The train/eval and gradient switches of both models over the run, changes only, per phase.
package struct ModeHistory: Sendable {
  package struct Change: Sendable, Hashable {
    package var step: Int
    package var phase: Phase
    package var modes: ModelModes
    /// Rows of the run's `RowTable` before it.
    var rowsBefore = 0
  }

  /// In the order of the file; steps of one phase never decrease.
  package private(set) var changes: [Change] = []
  /// What the last records said that came behind later ones: a restart may yet make them the present.
  private var late: [Change] = []
  /// Switches of the last record that showed nothing wrong.
  private var harmless: (modes: ModelModes, phase: Phase)?
  /// How things stand in each phase, by its number.
  private var standings: [Standing?] = Phase.allCases.map { _ in nil }

  private struct Standing {
    var modes: ModelModes
    /// What the last record said.
    var said: ModelModes
    /// Highest step that a record was about.
    var lastStep: Int
  }

  /// Undecided records are few: see `LeadOrder`; probes may stand between them.
  private static let keptLate = 4096

  package init() {}

  /// The change in force for `phase` at `step`; `nil` before the log says anything.
  package func change(phase: Phase, at step: Int) -> Change? {
    changes.last { $0.phase == phase && $0.step <= step }
  }

  /// True for the switches of the last record that showed nothing wrong.
  func isHarmless(_ said: ModelModes, phase: Phase) -> Bool {
    harmless?.modes == said && harmless?.phase == phase
  }

  /// Keeps switches that show nothing wrong: nearly all records say what the one before said.
  mutating func noteHarmless(_ said: ModelModes, phase: Phase) { harmless = (said, phase) }

  /// A record that comes late, about a step before the last one, says nothing about how things stand now.
  mutating func note(_ said: ModelModes, phase: Phase, step: Int, row: Int = 0) {
    guard !said.isEmpty else { return }
    let place = Int(phase.rawValue)
    guard let before = standings[place] else {
      return change(to: said, said: said, phase: phase, step: step, row: row)
    }
    guard step >= before.lastStep else {
      late.append(Change(step: step, phase: phase, modes: said, rowsBefore: row))
      if late.count > 2 * Self.keptLate { late.removeFirst(Self.keptLate) }
      return
    }
    let modes = said == before.said ? before.modes : said.completed(from: before.modes)
    if modes == before.modes {
      standings[place] = Standing(modes: modes, said: said, lastStep: step)
    } else {
      change(to: modes, said: said, phase: phase, step: step, row: row)
    }
  }

  /// What was known at a moment; only to be looked at.
  func asOf(_ moment: RunMoment) -> ModeHistory {
    var history = self
    history.changes.removeAll { $0.step > moment.step || $0.rowsBefore >= moment.rows }
    return history
  }

  private mutating func change(
    to modes: ModelModes, said: ModelModes, phase: Phase, step: Int, row: Int
  ) {
    standings[Int(phase.rawValue)] = Standing(modes: modes, said: said, lastStep: step)
    if let last = changes.lastIndex(where: { $0.phase == phase }), changes[last].step == step,
      said.agrees(with: changes[last].modes)
    {
      // Records of one step complete each other: what one leaves out and the next one says is no change.
      changes[last].modes = modes
    } else {
      changes.append(Change(step: step, phase: phase, modes: modes, rowsBefore: row))
    }
  }

  /// Takes back what was said about `step` and later ones before a row; what came since is the present.
  mutating func restart(at step: Int, row: Int) {
    let since = (late + changes).filter { $0.rowsBefore >= row }.sorted { $0.rowsBefore < $1.rowsBefore }
    late.removeAll { $0.rowsBefore >= row }
    changes.removeAll { $0.step >= step || $0.rowsBefore >= row }
    for phase in Phase.allCases {
      let before = standings[Int(phase.rawValue)]
      let last = changes.last { $0.phase == phase }
      standings[Int(phase.rawValue)] = last.map {
        Standing(modes: $0.modes, said: $0.modes, lastStep: min(before?.lastStep ?? step, step))
      }
    }
    for change in since { note(change.modes, phase: change.phase, step: change.step, row: change.rowsBefore) }
  }
}

extension ModelModes {
  /// True where nothing here contradicts `other`.
  fileprivate func agrees(with other: ModelModes) -> Bool {
    func agree<Value: Equatable>(_ left: Value?, _ right: Value?) -> Bool {
      left == nil || right == nil || left == right
    }
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

  /// True for records that only say that the reference is the policy with its adapters off, and nothing of a forward pass.
  package var referenceDoesNotRun: Bool {
    referenceIsAdapterOff && reference == nil && referenceGradients == nil
  }

  /// The reference's mode: a reference that is the policy with its adapters off shares the policy's.
  package var ownOrSharedReference: ModelMode? { reference ?? (referenceIsAdapterOff ? policy : nil) }
}
