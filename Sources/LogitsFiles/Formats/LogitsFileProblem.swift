/// Why a file of logits cannot be used, in one line that says what is wrong and what to do.
package struct LogitsFileProblem: Error, Sendable, Hashable, CustomStringConvertible {
  package enum Kind: Sendable, Hashable {
    /// There is nothing at the path.
    case missing
    /// The file is shorter than its header says: it is still being written, or was cut off.
    case incomplete
    /// The file changed while it was read.
    case changed
    /// Its content cannot be used.
    case unusable
  }

  package var path: String
  package var kind: Kind
  /// One phrase.
  package var reason: String

  package init(_ path: String, _ reason: String, kind: Kind = .unusable) {
    self.path = path
    self.kind = kind
    self.reason = reason
  }

  package var description: String { "\(path): \(reason)" }
}

/// Why a header is no header; the file's name is added by who knows it.
struct HeaderProblem: Error, Hashable {
  var kind = LogitsFileProblem.Kind.unusable
  var reason: String

  init(_ reason: String) { self.reason = reason }

  /// The file ends before what its header announces.
  static func incomplete(size: Int, needed: Int) -> HeaderProblem {
    var problem = HeaderProblem(
      "has \(size) bytes of \(needed): it is still being written, or was cut off; write it again")
    problem.kind = .incomplete
    return problem
  }
}
