/// Turns the bytes of one kind of log that does not consist of lines into records.
///
/// A new kind of log is one file with a type like this and one entry in `DialectEntry.all`.
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

  /// Why what is there now gives no record, where nothing more may come: one phrase.
  func obstacle(_ pending: UnsafeRawBufferPointer) -> String?

  /// The source begins anew; true where the decoder itself finds out what of it is new, so that rewriting a source with
  /// more in it is no restart.
  func startOver() -> Bool
}

extension FrameDecoder {
  func note(path: String) {}
  func obstacle(_ pending: UnsafeRawBufferPointer) -> String? { nil }
  var stepSource: StepSource { .logged }
}

/// What the first bytes of a source say about a kind of log.
enum Recognition {
  case yes, no
  /// The bytes may be the start of it.
  case undecided
}
