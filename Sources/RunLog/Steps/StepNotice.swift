/// A place where a source went back: from there on a new branch replaces the old one.
///
/// It is decided some records after the first one of the new branch, and its notice stands where it was decided.
package struct StepRestart: Sendable, Hashable {
  /// First step of the new branch: every key loses what it has from there on and what came before the new branch.
  package var toStep: Int
  /// Highest step before.
  package var fromStep: Int
  /// Records of the source, right before the notice, that are of the new branch.
  package var records: Int
  /// Highest step of the new branch so far; `nil` where none of its records came.
  package var lastStep: Int?

  package init(toStep: Int, fromStep: Int, records: Int, lastStep: Int?) {
    self.toStep = toStep
    self.fromStep = fromStep
    self.records = records
    self.lastStep = lastStep
  }
}

/// An oddity of a source's steps, told once.
package enum StepOddity: Sendable, Hashable {
  /// Another program writes the same key into the log, behind the first one; nothing tells their rows apart.
  case twoWriters(key: String)
  /// Several programs write into the log, and a key of their records (`rank`) tells them apart.
  case severalWriters(tag: String)
  /// Steps are counted anew in each epoch: they are joined.
  case countedByEpoch
  /// The rows of a key stand at the number of their epoch: they are put at the last step of the training.
  case evaluationsByEpoch(key: String)
  /// A key counts steps of its own, beside those of the lead.
  case secondCounter(key: String, lead: String)
}

/// A step that went back and may yet turn out to be late, a restart or of another writer.
package struct UndecidedStep: Sendable, Hashable {
  /// Highest step so far.
  package var fromStep: Int
  /// Lowest step since.
  package var toStep: Int

  package init(fromStep: Int, toStep: Int) {
    self.fromStep = fromStep
    self.toStep = toStep
  }
}

/// The notices of a batch while records between them add some of their own.
struct NoticeList {
  private var rest: ArraySlice<LogNotice>
  private(set) var all: [LogNotice] = []

  init(_ notices: [LogNotice]) { rest = notices[...] }

  /// The next notice that stands before a record; `nil` where there is none.
  mutating func next(before record: Int) -> LogNotice? {
    guard let next = rest.first, next.position <= record else { return nil }
    rest.removeFirst()
    all.append(next)
    return next
  }

  /// Adds one of a place that was reached.
  mutating func add(_ notice: LogNotice) { all.append(notice) }
}
