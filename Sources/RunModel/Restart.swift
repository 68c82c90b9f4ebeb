/// A place where a run went back: from there on a new branch replaces the old one.
package struct Restart: Sendable, Hashable {
  /// Line of the first record of the new branch, from 1.
  package var line: Int
  /// Highest step before.
  package var fromStep: Int
  /// First step of the new branch.
  package var toStep: Int
  /// Rows of the run's `RowTable` that came before.
  package var rowsBefore: Int

  package init(line: Int, fromStep: Int, toStep: Int, rowsBefore: Int) {
    self.line = line
    self.fromStep = fromStep
    self.toStep = toStep
    self.rowsBefore = rowsBefore
  }
}
