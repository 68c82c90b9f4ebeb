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

extension Phase {
  /// The words by which logs, keys and folders say a phase, in lower case.
  private static let words: [String: Phase] = [
    "train": .train, "training": .train,
    "eval": .eval, "evaluate": .eval, "evaluation": .eval, "val": .eval, "valid": .eval, "validate": .eval,
    "validation": .eval, "test": .eval,
  ]

  /// The phase that a word in lower case says; `nil` for every other word.
  package init?(word: some StringProtocol) {
    guard let phase = Self.words[String(word)] else { return nil }
    self = phase
  }
}
