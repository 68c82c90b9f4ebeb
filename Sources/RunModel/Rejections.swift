/// Lines of a log that are no records.
package struct Rejections: Sendable, Hashable {
  package struct Line: Sendable, Hashable {
    /// From 1.
    package var line: Int
    package var reason: String
  }

  /// Exact, however many are listed.
  package fileprivate(set) var count = 0
  /// The first ones.
  package fileprivate(set) var listed: [Line] = []

  private static let listedAtMost = 20

  mutating func add(line: Int, reason: String) {
    count += 1
    if listed.count < Self.listedAtMost { listed.append(Line(line: line, reason: reason)) }
  }
}

/// The lines that were rejected, and when: a file that begins anew forgets those of the old one.
struct RejectionHistory: Sendable {
  private(set) var current = Rejections()
  /// Rows of the run's `RowTable` before each rejected line.
  private var rows = StepCounts()
  /// What was forgotten, and the rows before that.
  private var forgotten: [(rows: Int, rejections: Rejections, counts: StepCounts)] = []

  mutating func add(line: Int, reason: String, rowsBefore: Int) {
    current.add(line: line, reason: reason)
    rows.add(1, at: rowsBefore)
  }

  mutating func forget(rowsBefore: Int) {
    if current.count > 0 { forgotten.append((rowsBefore, current, rows)) }
    current = Rejections()
    rows = StepCounts()
  }

  /// Those known at a moment.
  func asOf(_ moment: RunMoment) -> Rejections {
    if let old = forgotten.first(where: { $0.rows >= moment.rows }) {
      return old.rejections.first(old.counts.total(through: moment.rows - 1))
    }
    return current.first(rows.total(through: moment.rows - 1))
  }
}

extension Rejections {
  fileprivate func first(_ count: Int) -> Rejections {
    var rejections = self
    rejections.count = count
    rejections.listed = Array(listed.prefix(count))
    return rejections
  }
}
