internal import Curves

/// Lines of a log that are no records.
package struct Rejections: Sendable, Hashable {
  package struct Line: Sendable, Hashable {
    /// From 1.
    package var line: Int
    package var reason: String
    /// The file it is in, where the run has several.
    package var file: String?

    /// `line 7`, with its file where the run has several.
    package var place: String { (file.map { "\($0) " } ?? "") + "line \(line)" }
  }

  /// Exact, however many are listed.
  package var count: Int { counts.values.reduce(0, +) }
  /// The first ones.
  package fileprivate(set) var listed: [Line] = []

  fileprivate var counts: [String?: Int] = [:]
  private var byReason: [String?: [String: Reason]] = [:]

  private static let listedAtMost = 20
  private static let examplesOfAReason = 3

  /// Lines that were rejected for one reason.
  package struct Reason: Sendable, Hashable {
    package var reason: String
    package var count: Int
    /// The first ones.
    package var examples: [Line]
  }

  /// The reasons, the commonest first.
  package var reasons: [Reason] {
    var all: [String: Reason] = [:]
    for (_, reasons) in byReason {
      for (text, reason) in reasons {
        var sum = all[text] ?? Reason(reason: text, count: 0, examples: [])
        sum.count += reason.count
        sum.examples = Array((sum.examples + reason.examples).prefix(Self.examplesOfAReason))
        all[text] = sum
      }
    }
    return all.values.sorted { ($0.count, $1.reason) > ($1.count, $0.reason) }
  }

  mutating func add(line: Int, reason: String, file: String? = nil) {
    counts[file, default: 0] += 1
    var known = byReason[file]?[reason] ?? Reason(reason: reason, count: 0, examples: [])
    known.count += 1
    if known.examples.count < Self.examplesOfAReason {
      known.examples.append(Line(line: line, reason: reason, file: file))
    }
    byReason[file, default: [:]][reason] = known
    if listed.count < Self.listedAtMost { listed.append(Line(line: line, reason: reason, file: file)) }
  }

  /// Forgets the lines of a file that is read anew.
  mutating func removeAll(ofFile file: String?) {
    counts[file] = nil
    byReason[file] = nil
    listed.removeAll { $0.file == file }
  }
}

/// The lines that were rejected, and when: a file that begins anew forgets those of the old one.
struct RejectionHistory: Sendable {
  private(set) var current = Rejections()
  /// Rows of the run's `RowTable` before each rejected line.
  private var rows = StepCounts()
  /// What was forgotten, and the rows before that.
  private var forgotten: [(rows: Int, rejections: Rejections, counts: StepCounts)] = []

  mutating func add(line: Int, reason: String, file: String?, rowsBefore: Int) {
    current.add(line: line, reason: reason, file: file)
    rows.add(1, at: rowsBefore)
  }

  mutating func forget(file: String?, rowsBefore: Int) {
    if current.count > 0 { forgotten.append((rowsBefore, current, rows)) }
    current.removeAll(ofFile: file)
    rows = StepCounts()
    if current.count > 0 { rows.add(current.count, at: rowsBefore) }
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
    // Only a run of one source is looked back at line by line: its lines are all of one file.
    rejections.counts = [listed.first?.file: count]
    rejections.listed = Array(listed.prefix(count))
    return rejections
  }
}
