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
  /// The source that went back, by its number.
  package var source: Int
  /// The file of the line, where the run has several.
  package var file: String?

  package init(
    line: Int, fromStep: Int, toStep: Int, rowsBefore: Int, source: Int = 0, file: String? = nil
  ) {
    self.line = line
    self.fromStep = fromStep
    self.toStep = toStep
    self.rowsBefore = rowsBefore
    self.source = source
    self.file = file
  }

  /// `line 7`, with its file where the run has several.
  package var place: String { (file.map { "\($0) " } ?? "") + "line \(line)" }
}
