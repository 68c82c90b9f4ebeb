/// What a record's numbers are about: the training batches, or an evaluation.
package enum Phase: UInt8, Sendable, Hashable, Comparable, CaseIterable {
  case train
  case eval

  package static func < (left: Phase, right: Phase) -> Bool { left.rawValue < right.rawValue }

  /// The spelling used in logs and in JSON output.
  package var name: String {
    switch self {
    case .train: "train"
    case .eval: "eval"
    }
  }
}
