/// From which step to which a run goes, and where it went back.
struct RunExtent: Sendable {
  /// Lowest step of the run; `nil` before there is one.
  var first: Int?
  /// Highest step of the branch the run is on; `nil` before there is one.
  var last: Int?
  /// First steps of the run as they were taken for, with the rows before.
  private(set) var firstSteps: [(rowsBefore: Int, step: Int)] = []
  /// Steps that files of logits and rows are of: the log may not tell of them, or not yet.
  private(set) var measured: ClosedRange<Int>?
  var restarts: [Restart] = []

  /// Takes in the step of a record that has `row` rows before it.
  mutating func note(step: Int, row: Int) {
    if first.map({ step < $0 }) ?? true { firstSteps.append((row, step)) }
    first = min(first ?? step, step)
  }

  /// Takes in the step of a file of logits or rows.
  mutating func noteMeasured(step: Int) {
    let known = measured ?? step...step
    measured = min(known.lowerBound, step)...max(known.upperBound, step)
  }

  /// Takes back what was measured from `step` on.
  mutating func restart(at step: Int) {
    measured = measured.map { min($0.lowerBound, step)...min($0.upperBound, step) }
  }

  /// The first step as it was known with so many rows.
  func first(withRows rows: Int) -> Int? { firstSteps.last { $0.rowsBefore < rows }?.step }

  /// Spans the steps of the sources; once some of them grew, what the others have beyond is of old.
  mutating func span(_ sources: [SourceProgress]) {
    let growing = sources.filter(\.hasGrown)
    let lowest = sources.compactMap(\.firstStep).min()
    let highest = (growing.isEmpty ? sources : growing).compactMap(\.lastStep).max()
    first = [lowest, measured?.lowerBound].compactMap(\.self).min()
    last = [highest, measured?.upperBound].compactMap(\.self).max()
  }

  /// Forgets which records it began with: the same ones come again at other steps.
  mutating func forgetFirstSteps() { firstSteps = [] }

  /// Forgets which steps were measured.
  mutating func forgetMeasured() { measured = nil }
}

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
