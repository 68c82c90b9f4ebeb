internal import Curves
internal import RunLog

/// What a log says in words, and what was inferred, left out or could not be used when it was read.
struct RunRemarks: Sendable {
  /// Last value of every string key, as it stood in the log.
  private(set) var texts: [String: String] = [:]
  var rejections = Rejections()
  var rejectionHistory = RejectionHistory()
  var logNotes = LogNotes()
  /// What sources told of their steps.
  var oddities: [FoundOddity] = []

  /// A log with more string keys than this keeps the first ones: they are only shown.
  private static let keptTexts = 256

  mutating func note(text: String, of key: String) {
    guard texts[key] != nil || texts.count < Self.keptTexts else { return }
    texts[key] = text
  }

  mutating func reject(line: Int, reason: String, file: String?, rowsBefore: Int) {
    rejectionHistory.add(line: line, reason: reason, file: file, rowsBefore: rowsBefore)
    rejections = rejectionHistory.current
  }

  mutating func forgetRejections(ofFile file: String?, rowsBefore: Int) {
    rejectionHistory.forget(file: file, rowsBefore: rowsBefore)
    rejections = rejectionHistory.current
  }
}

/// What the reader of a log inferred or could not use, ready to be told.
package struct LogNotes: Sendable, Hashable {
  package enum Kind: String, Sendable, Hashable {
    /// No value of a key is a number.
    case unusedKey = "unused-key"
    /// Steps that the log does not name.
    case inferredSteps = "inferred-steps"
    /// How the log was read, where its form left a choice.
    case reading
  }

  package struct Note: Sendable, Hashable {
    package var kind: Kind
    /// One sentence.
    package var message: String
    /// Line of the file, from 1; `nil` where it is about many.
    package var line: Int?
    /// The file of the line, where the run has several.
    package var file: String?
  }

  /// Each once, in the order in which they were found.
  package private(set) var all: [Note] = []
  private var known: Set<Note> = []

  /// Garbage has many keys; more are not kept.
  private static let most = 200

  package init() {}

  mutating func add(_ kind: Kind, _ message: String, line: Int?, file: String?) {
    let note = Note(kind: kind, message: message, line: line, file: file)
    guard all.count < Self.most, known.insert(note).inserted else { return }
    all.append(note)
  }
}

/// Something to know about the steps of a run, ready to be told.
package struct StepNote: Sendable, Hashable {
  package enum Kind: String, Sendable, Hashable {
    /// A step went back, and what that means is not decided.
    case undecided
    case twoWriters = "two-writers"
    case severalWriters = "several-writers"
    case countedByEpoch = "counted-by-epoch"
    case secondCounter = "second-counter"
    /// Records came behind later ones and were put in their place.
    case late = "late-records"
    /// Keys have several values at one step.
    case severalValues = "several-values"
  }

  package var kind: Kind
  /// One sentence.
  package var message: String
  /// Where it was found, from 1; `nil` where it is about many places.
  package var line: Int?
  /// The file of the line, where the run has several.
  package var file: String?
}

/// An oddity of the steps as a source told it.
struct FoundOddity: Sendable {
  var oddity: StepOddity
  var line: Int
  var source: Int
  var file: String?
  /// Rows of the run before it.
  var rowsBefore: Int
}
