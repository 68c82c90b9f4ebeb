/// What llama.cpp's perplexity tool writes for `--kl-divergence-base`: rounded log-probabilities of a reference.
///
/// `_logits_`, then n_ctx, n_vocab and n_chunk as int32, n_chunk × n_ctx tokens as int32, then for each chunk the rows
/// of positions n_ctx/2 … n_ctx − 2: float32 scale and minimum, n_vocab numbers of 16 bits, and one more where n_vocab
/// is odd. log p = scale·number + minimum; what lies 16 nats or more below the likeliest has the number 0.
package struct LlamaBase: Sendable, Hashable {
  /// Tokens of a chunk.
  package let context: Int
  package let vocabulary: Int
  package let chunks: Int
  /// Bytes of the rows in the file.
  let rowBytes: Range<Int>
  /// Bytes of the tokens in the file.
  let tokenBytes: Range<Int>

  static let magic = Array("_logits_".utf8)
  static let headerLength = 20
  /// Scale and minimum in front of each row.
  private static let rowHead = 8

  /// Positions of a chunk that have a row, each for the token that follows.
  package var window: Range<Int> { context / 2..<max(context / 2, context - 1) }

  /// Rows in the file.
  package var rows: Int { chunks * window.count }

  /// Bytes of one row.
  var rowStride: Int { Self.rowHead + 2 * (vocabulary + vocabulary % 2) }

  /// - Parameter start: the first `headerLength` bytes.
  init(_ start: RawSpan, fileSize: Int) throws(HeaderProblem) {
    let numbers = (0..<3).map { start.unsafeLoadUnaligned(fromByteOffset: 8 + 4 * $0, as: Int32.self) }
      .map { Int(Int32(littleEndian: $0)) }
    context = numbers[0]
    vocabulary = numbers[1]
    chunks = numbers[2]
    guard context > 0, vocabulary > 0, chunks > 0 else {
      throw HeaderProblem(
        "has n_ctx \(context), n_vocab \(vocabulary), n_chunk \(chunks): none of them may be 0 or less")
    }
    let rows = chunks * max(0, context - 1 - context / 2)
    guard let tokens = checkedProduct([context, chunks, 4]),
      let size = checkedProduct([rows, Self.rowHead + 2 * (vocabulary + vocabulary % 2)]),
      case let (end, overflow) = size.addingReportingOverflow(tokens + Self.headerLength), !overflow
    else { throw HeaderProblem("its sizes are beyond all bounds") }
    tokenBytes = Self.headerLength..<Self.headerLength + tokens
    rowBytes = tokenBytes.upperBound..<end
    if end > fileSize { throw .incomplete(size: fileSize, needed: end) }
    if end < fileSize { throw HeaderProblem("has \(fileSize - end) bytes more than its chunks need") }
  }

  /// Log-probabilities of one row in float32.
  ///
  /// - Parameter row: its bytes in the file.
  func widen(_ row: RawSpan, to numbers: UnsafeMutableBufferPointer<Float>) {
    let scale: Float = Self.float(row, 0), minimum: Float = Self.float(row, 4)
    for index in numbers.indices {
      let place = Self.rowHead + 2 * index
      let number = UInt16(littleEndian: row.unsafeLoadUnaligned(fromByteOffset: place, as: UInt16.self))
      numbers[index] = scale * Float(number) + minimum
    }
  }

  private static func float(_ row: RawSpan, _ place: Int) -> Float {
    Float(bitPattern: UInt32(littleEndian: row.unsafeLoadUnaligned(fromByteOffset: place, as: UInt32.self)))
  }
}
