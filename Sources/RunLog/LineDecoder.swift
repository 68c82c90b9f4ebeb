/// Turns the lines of one kind of log into records.
///
/// A new kind of log is one file with a type like this and one entry in `LineDialect.all`; following the file, finding
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
}

/// An entry of the list of kinds of logs that consist of lines.
struct LineDialect: Sendable {
  /// True for a first line that is not blank and shows this kind.
  let recognises: @Sendable (UnsafeRawBufferPointer) -> Bool
  /// Makes a decoder for the file from its first line; the keys are those of the source so far.
  let makeDecoder: @Sendable (KeyTable) -> any LineDecoder

  /// Asked in this order; the last one takes everything.
  static let all: [LineDialect] = [
    LineDialect(recognises: { _ in true }, makeDecoder: { JSONLineDecoder(keys: $0) })
  ]

  /// Padding that is enough for every decoder.
  static let padding = JSONLineDecoder.padding

  /// A decoder for the log that begins with a line.
  static func decoder(forFirstLine line: UnsafeRawBufferPointer, keys: KeyTable) -> any LineDecoder {
    let entry = all.first { $0.recognises(line) }
    return entry?.makeDecoder(keys) ?? JSONLineDecoder(keys: keys)
  }
}

/// Keys of one source, numbered in the order in which they appear.
final class KeyTable {
  private var indices: [String: UInt32] = [:]

  /// The number of a key; a key that is new is announced in the batch.
  func index(of key: String, announcedIn batch: inout RecordBatch) -> UInt32 {
    if let index = indices[key] { return index }
    let index = UInt32(indices.count)
    indices[key] = index
    batch.newKeys.append(key)
    return index
  }
}
