/// The files of one evaluation: those of all its ranks, and of earlier evaluations of the same launch at the same step.
package struct RowsEvaluation: Sendable, Hashable {
  package var step: Int
  /// The evaluation that counts first; a sample of a later one counts only where no earlier one has it.
  package var files: [[String]]
  /// How many files of ranks are there, where some are missing.
  package var shards: ShardCount?

  package init(step: Int, files: [[String]], shards: ShardCount? = nil) {
    self.step = step
    self.files = files
    self.shards = shards
  }
}

/// Files of ranks of one evaluation.
package struct ShardCount: Sendable, Hashable {
  package var present: Int
  package var all: Int

  package init(present: Int, all: Int) {
    self.present = present
    self.all = all
  }

  /// `37 of 64 shards`.
  package var text: String { "\(present) of \(all) shards" }
}
