/// Turns the bytes of one kind of log that does not consist of lines into records.
///
/// A new kind of log is one file with a type like this and one entry in `FramedDialect.all`.
protocol FrameDecoder: AnyObject {
  /// What the log is.
  var dialect: Dialect { get }

  /// Lines of what was decoded so far; 0 for binary logs.
  var lines: Int { get }

  /// Where the log is, for one that is about what its folder names; told before the first bytes.
  func note(path: String)

  /// Where the steps come from.
  var stepSource: StepSource { get }

  /// Adds to a batch what whole records at the start of `bytes` say, and returns how many bytes they take.
  ///
  /// The rest comes again, with more behind it. It takes about `limit` records at most; everything where the rest of
  /// the source cannot be read.
  func decode(_ bytes: UnsafeRawBufferPointer, limit: Int, into batch: inout RecordBatch) -> Int

  /// The source begins anew; true where the decoder itself finds out what of it is new, so that rewriting a source with
  /// more in it is no restart.
  func startOver() -> Bool
}

extension FrameDecoder {
  func note(path: String) {}
  var stepSource: StepSource { .logged }
}

/// What the first bytes of a source say about a kind of log.
enum Recognition {
  case yes, no
  /// The bytes may be the start of it.
  case undecided
}

/// An entry of the list of kinds of logs that do not consist of lines.
struct FramedDialect: Sendable {
  let dialect: Dialect
  /// Looks at the first bytes of a source, at least one.
  let recognises: @Sendable (UnsafeRawBufferPointer) -> Recognition
  /// Makes a decoder; the keys are those of the source so far.
  let makeDecoder: @Sendable (KeyTable) -> any FrameDecoder

  /// Kinds that the first bytes of a source may be, and whether more bytes are needed to say so.
  ///
  /// - Parameter forced: the dialect that the user says the log is in; it is taken without looking.
  static func find(
    _ start: UnsafeRawBufferPointer, forced: Dialect? = nil
  ) -> (found: FramedDialect?, isUndecided: Bool) {
    if let forced { return (all.first { $0.dialect == forced }, false) }
    var isUndecided = false
    for entry in all {
      switch entry.recognises(start) {
      case .yes: return (entry, false)
      case .no: break
      case .undecided: isUndecided = true
      }
    }
    return (nil, isUndecided)
  }
}
