/// What can be wrong with the divergence of a single step.
package enum PointFault: Int, CaseIterable, Sendable {
  /// Rows with an entry at −∞ in exactly one of the models.
  case differentMasks
  /// Rows whose divergence is NaN or infinite although both models mask the same entries.
  case nonfinite
}

/// How often each fault is at each step of a track: counted when a step changes, so that a frame need not look at all
/// steps.
struct PointFaults: Sendable {
  private var counts = Array(repeating: StepCounts(), count: PointFault.allCases.count)

  init() {}

  /// The steps that have a fault, up to `step`, and how often they have it; `nil` where none has.
  func found(_ fault: PointFault, through step: Int) -> (steps: ClosedRange<Int>, count: Int)? {
    let counts = counts[fault.rawValue]
    guard let first = counts.first, let last = counts.last(through: step) else { return nil }
    return (first...last, counts.total(through: step))
  }

  /// Counts the faults of a step anew.
  mutating func note(_ point: StepDivergence) {
    for fault in PointFault.allCases {
      counts[fault.rawValue].set(point.count(of: fault), at: point.step)
    }
  }

  /// Forgets the steps from `step` on.
  mutating func truncate(from step: Int) {
    for index in counts.indices { counts[index].removeAll(from: step) }
  }
}

extension StepDivergence {
  fileprivate func count(of fault: PointFault) -> Int {
    switch fault {
    case .differentMasks: self.maskedDifferently
    case .nonfinite: self.nonfinite.unexplained
    }
  }
}

/// Rows of a step whose divergence is NaN, or infinite without masks that differ.
package struct NonfiniteRows: Sendable, Hashable {
  private(set) var nan = 0
  private(set) var infinite = 0

  init() {}

  mutating func add(_ row: RowEvidence) {
    if row.policyReference.isNaN || row.referencePolicy.isNaN {
      nan += 1
    } else if !row.masksDiffer, row.policyReference.isInfinite || row.referencePolicy.isInfinite {
      infinite += 1
    }
  }

  /// Rows that no mask explains.
  package var unexplained: Int { nan + infinite }

  /// `2 rows NaN`, `1 row NaN, 3 rows infinite`.
  package var text: String {
    [(nan, "NaN"), (infinite, "infinite")].filter { $0.0 > 0 }
      .map { "\($0.0) \($0.0 == 1 ? "row" : "rows") \($0.1)" }.joined(separator: ", ")
  }
}
