/// Turns the lines of one kind of log into records.
///
/// A new kind of log is one file with a type like this and one entry in `DialectEntry.all`; following the file, finding
/// its lines, counting them and starting over are the follower's business.
protocol LineDecoder: AnyObject {
  /// Bytes that must be readable after a line; they hold newlines.
  static var padding: Int { get }

  /// What the lines so far say the log is; `nil` until one says.
  var dialect: Dialect? { get }

  /// Adds what a line says to a batch: records, or a notice why it is none.
  ///
  /// `line` has no newline, but it may have a carriage return, and it is not blank.
  func decode(_ line: UnsafeRawBufferPointer, number: Int, into batch: inout RecordBatch)

  /// The same for a final line without its newline, as far as it is whole records already.
  ///
  /// Returns the number of bytes that they take; what follows may still be completed.
  func decodeWhole(_ line: UnsafeRawBufferPointer, number: Int, into batch: inout RecordBatch) -> Int

  /// Takes note of a line without anything in it, and of the end of a file that does not grow.
  func noteBlankLine(_ number: Int, into batch: inout RecordBatch)

  /// False for a last line without its newline that can only be torn, though the file does not grow.
  func mayEnd(_ line: UnsafeRawBufferPointer) -> Bool

  /// Adds what the decoder held back; called once at the end of every batch.
  func finishBatch(_ batch: inout RecordBatch)

  /// What the source said so far is to be read otherwise than it was: it is read again from its start.
  var wantsRereading: Bool { get }

  /// The source is read from its start again, with what is known of it.
  func startAgain()

  /// The source begins anew; true where the decoder itself finds out what of it is new.
  func startOver() -> Bool

  /// Where the steps come from.
  var stepSource: StepSource { get }

  /// The lines, which need not be those of a log, have turned out to be.
  var isBelieved: Bool { get }
}

extension LineDecoder {
  func noteBlankLine(_ number: Int, into batch: inout RecordBatch) {}
  func mayEnd(_ line: UnsafeRawBufferPointer) -> Bool { false }
  func finishBatch(_ batch: inout RecordBatch) {}
  func startOver() -> Bool { false }
  var wantsRereading: Bool { false }
  func startAgain() {}
  var stepSource: StepSource { .logged }
  var isBelieved: Bool { false }
}

/// Keys of one source, numbered in the order in which they appear.
final class KeyInterner {
  private var indices: [String: UInt32] = [:]
  /// All keys so far; the number of one is its index.
  private(set) var names: ContiguousArray<String> = []

  /// The number of a key; a key that is new is announced in the batch.
  func index(of key: String, announcedIn batch: inout RecordBatch) -> UInt32 {
    if let index = indices[key] { return index }
    let index = UInt32(indices.count)
    indices[key] = index
    names.append(key)
    batch.newKeys.append(key)
    return index
  }
}
