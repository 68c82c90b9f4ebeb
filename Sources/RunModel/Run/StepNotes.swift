internal import Curves
internal import RunLog

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
