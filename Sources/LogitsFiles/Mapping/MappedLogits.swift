/// An open file of logits, which lends rows of numbers.
package struct MappedLogits: ~Copyable {
  package let header: LogitsHeader
  private let file: MappedFile

  /// Opens a file again whose header was read; throws where it is not the same file any more.
  package init(_ header: LogitsHeader) throws(LogitsFileProblem) {
    let mapped = try MappedFile(header.path)
    guard header.isSameFile(as: mapped.status) else {
      throw LogitsFileProblem(header.path, "changed since its header was read; try again", kind: .changed)
    }
    self.header = header
    file = mapped
  }

  /// Throws where what was lent so far may not be what the file held when it was opened.
  package func checkUnchanged() throws(LogitsFileProblem) { try file.checkUnchanged() }

  /// Lends the first `vocabulary` entries of some rows: row-major, little-endian, of the source's type.
  ///
  /// - Parameters:
  ///   - rows: rows of the source; few, where it is not lent in place.
  ///   - vocabulary: entries of each row, at most all.
  ///   - room: where rows are gathered that do not lie in the file like that.
  package func withRows<Result, Failure>(
    _ rows: Range<Int>, of source: RowSource, vocabulary: Int, room: inout RowBuffer,
    _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    switch source {
    case .tensor(let tensor) where source.isLentInPlace(vocabulary: vocabulary):
      let rowBytes = vocabulary * tensor.type.byteCount
      let start = tensor.bytes.lowerBound
      return try file.withBytes(start + rows.lowerBound * rowBytes..<start + rows.upperBound * rowBytes, body)
    case .tensor(let tensor):
      let gathering = RowGathering(tensor: tensor, vocabulary: vocabulary)
      let buffer = room.bytes(rows.count * vocabulary * tensor.type.byteCount)
      file.withBytes(tensor.bytes) { gathering.gather(rows, from: $0, to: buffer) }
      return try body(UnsafeRawBufferPointer(buffer).bytes)
    case .llamaBase(let base):
      let buffer = room.bytes(rows.count * vocabulary * source.type.byteCount)
      widen(rows, of: base, vocabulary, to: buffer)
      return try body(UnsafeRawBufferPointer(buffer).bytes)
    }
  }

  private func widen(
    _ rows: Range<Int>, of base: LlamaBase, _ vocabulary: Int, to buffer: UnsafeMutableRawBufferPointer
  ) {
    let numbers = buffer.bindMemory(to: Float.self)
    for (place, row) in rows.enumerated() {
      let start = base.rowBytes.lowerBound + row * base.rowStride
      let part = UnsafeMutableBufferPointer(rebasing: numbers[place * vocabulary..<(place + 1) * vocabulary])
      file.withBytes(start..<start + base.rowStride) { base.widen($0, to: part) }
    }
  }

  /// All numbers of a tensor in the order of its shape, of a mask or of indices.
  package func numbers(of tensor: StoredTensor) -> [Double] {
    file.withBytes(tensor.bytes) { bytes in
      guard !tensor.isPlain else { return (0..<tensor.count).map { tensor.type.number(in: bytes, at: $0) } }
      var room = RowBuffer()
      let buffer = room.bytes(tensor.bytes.count)
      let size = tensor.shape.last ?? 1
      let gathering = RowGathering(tensor: tensor, vocabulary: size)
      gathering.gather(0..<(size == 0 ? 0 : tensor.count / size), from: bytes, to: buffer)
      let span = UnsafeRawBufferPointer(buffer).bytes
      return (0..<tensor.count).map { tensor.type.number(in: span, at: $0) }
    }
  }

  /// The tokens of a llama.cpp base, chunk by chunk.
  package func tokens(of base: LlamaBase) -> [Int] {
    file.withBytes(base.tokenBytes) { bytes in
      (0..<base.tokenBytes.count / 4).map { Int(ElementType.int32.number(in: bytes, at: $0)) }
    }
  }
}
