/// Brings rows of a tensor together that lie in Fortran order or in big-endian, or of which only a part is wanted.
struct RowGathering {
  let tensor: StoredTensor
  /// Entries wanted of each row.
  let vocabulary: Int

  /// - Parameters:
  ///   - rows: rows of the flattened axes in front of the last.
  ///   - bytes: all of the tensor.
  ///   - buffer: rows × `vocabulary` numbers.
  func gather(_ rows: Range<Int>, from bytes: RawSpan, to buffer: UnsafeMutableRawBufferPointer) {
    switch tensor.type.byteCount {
    case 1: gather(rows, from: bytes, to: buffer.bindMemory(to: UInt8.self))
    case 2: gather(rows, from: bytes, to: buffer.bindMemory(to: UInt16.self))
    case 4: gather(rows, from: bytes, to: buffer.bindMemory(to: UInt32.self))
    default: gather(rows, from: bytes, to: buffer.bindMemory(to: UInt64.self))
    }
  }

  private func gather<Word: FixedWidthInteger & BitwiseCopyable>(
    _ rows: Range<Int>, from bytes: RawSpan, to words: UnsafeMutableBufferPointer<Word>
  ) {
    let stride = entryStride
    let starts = rows.map(start(ofRow:))
    let swaps = tensor.isBigEndian
    // In Fortran order the rows lie side by side and the entries far apart: the rows are the inner loop.
    for entry in 0..<vocabulary {
      for (place, start) in starts.enumerated() {
        let offset = (start + entry * stride) * MemoryLayout<Word>.size
        let word = bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: Word.self)
        words[place * vocabulary + entry] = swaps ? word.byteSwapped : word
      }
    }
  }

  /// Elements from one entry of a row to the next.
  private var entryStride: Int {
    tensor.isFortranOrdered ? tensor.shape.dropLast().reduce(1, *) : 1
  }

  /// Element at which a row begins.
  private func start(ofRow row: Int) -> Int {
    guard tensor.isFortranOrdered else { return row * (tensor.shape.last ?? 0) }
    var rest = row
    var start = 0
    var outer = tensor.shape.dropLast()
    while let size = outer.popLast() {
      start += rest % size * outer.reduce(1, *)
      rest /= size
    }
    return start
  }
}
