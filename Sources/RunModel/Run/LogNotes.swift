internal import RunLog

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
