package import RunLog

/// Which rows a divergence is about: those of different phases or probe sets are never averaged together.
package struct ProbeKey: Sendable, Hashable, Comparable {
  package var phase: Phase
  /// `nil` where the log names no set.
  package var set: String?

  package init(phase: Phase, set: String?) {
    self.phase = phase
    self.set = set
  }

  package static func < (left: ProbeKey, right: ProbeKey) -> Bool {
    (left.phase, left.set ?? "") < (right.phase, right.set ?? "")
  }

  package var isEvaluation: Bool { phase == .eval }

  /// `train` or `eval`.
  package var phaseName: String { phase.name }

  /// `eval`, `eval old`.
  package var label: String {
    guard let set else { return phase.name }
    return "\(phase.name) \(set)"
  }
}

/// One sample of a run: its name, or its row in an unnamed batch, within its set.
package struct SampleKey: Sendable, Hashable {
  package var probe: ProbeKey
  package var name: SampleName

  package init(probe: ProbeKey, name: SampleName) {
    self.probe = probe
    self.name = name
  }
}

/// How a log tells its samples apart.
package enum SampleName: Sendable, Hashable {
  case named(String)
  /// Position in a batch without names, from 0.
  case row(Int)

  package var label: String {
    switch self {
    case .named(let name): name
    case .row(let index): "row \(index)"
    }
  }
}
