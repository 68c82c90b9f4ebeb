// The lines of a source, and the last one, which may not have ended.

extension FileFollower {
  mutating func decodeLines(_ limit: ReadLimit, _ batch: inout RecordBatch) {
    while !isFull(batch, limit), let line = buffer.nextLine() {
      finishLine(line, &batch)
    }
    if !isFull(batch, limit) { boundPending(limit, &batch) }
  }

  private mutating func finishLine(_ line: UnsafeRawBufferPointer, _ batch: inout RecordBatch) {
    let taken = unended.taken
    if taken == 0 { status.lines += 1 }
    unended.taken = 0
    unended.refused = 0
    if unended.isSkipped {
      unended.isSkipped = false
      return
    }
    let rest = visible(of: line, from: taken)
    if rest.isBlank {
      content.decoder?.noteBlankLine(status.lines, into: &batch)
      return
    }
    let reader = currentDecoder(rest, &batch)
    keep(reader, &batch)
    reader.decode(rest, number: status.lines, into: &batch)
  }

  /// A line, or what is left of it, without the byte order mark of a file, or of one that was appended to it, and without
  /// the holes that file systems leave around lines.
  private func visible(of line: UnsafeRawBufferPointer, from taken: Int) -> UnsafeRawBufferPointer {
    let mark = taken == 0 && line.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : taken
    let rest = UnsafeRawBufferPointer(rebasing: line[mark...])
    return rest.first == 0 || rest.last == 0 ? rest.withoutHoles : rest
  }

  /// At the end of what is there: an unended line that is a whole record counts as one already.
  mutating func decodeTail(_ batch: inout RecordBatch) {
    let pending = buffer.pending
    guard content.isRecognised, !unended.isSkipped, pending.count > max(unended.taken, unended.refused) else {
      return
    }
    let number = unended.taken == 0 ? status.lines + 1 : status.lines
    let rest = visible(of: pending, from: unended.taken)
    unended.refused = pending.count
    if rest.isBlank { return }
    // A decoder is kept only for a line that has ended: the start of one may not show yet what the log is.
    let reader = currentDecoder(rest, &batch)
    let taken = reader.decodeWhole(rest, number: number, into: &batch)
    if taken == 0 { return }
    keep(reader, &batch)
    status.lines = number
    unended.taken = pending.count - rest.count + taken
  }

  /// Rejects a line that grows beyond all bounds, without waiting for its end.
  private mutating func boundPending(_ limit: ReadLimit, _ batch: inout RecordBatch) {
    if unended.isSkipped {
      buffer.dropPending()
      return
    }
    let count = buffer.pendingCount
    guard count > limit.foreignLineBytes || count > limit.lineBytes else { return }
    let bound =
      buffer.pending.firstVisibleByte == UInt8(ascii: "{") ? limit.lineBytes : limit.foreignLineBytes
    guard count > bound else { return }
    let number = unended.taken == 0 ? status.lines + 1 : status.lines
    let reason = "longer than \(bound) bytes"
    batch.notices.append(
      LogNotice(position: batch.records.count, line: number, kind: .rejected(reason: reason)))
    unended.isSkipped = true
    buffer.dropPending()
  }

  /// Takes what is there for the whole source: its last line may lack the newline, and nothing is waited for.
  mutating func finish(_ limit: ReadLimit, _ batch: inout RecordBatch) {
    guard !hasFinished else { return }
    hasFinished = true
    guard content.frames == nil else { return }
    if unended.taken == 0, !unended.isSkipped, mayEnd(buffer.pending) {
      withUnsafeBytes(of: UInt8(ascii: "\n")) { buffer.append($0) }
      decode(limit, &batch)
    }
    content.decoder?.noteBlankLine(status.lines, into: &batch)
  }

  private func mayEnd(_ pending: UnsafeRawBufferPointer) -> Bool {
    guard let first = pending.firstVisibleByte, pending.last != UInt8(ascii: "\n") else { return false }
    if let decoder = content.decoder { return decoder.mayEnd(pending) }
    return first != UInt8(ascii: "{") && first != UInt8(ascii: "[")
  }
}

/// What of a line that has not ended was dealt with.
struct UnendedLine {
  /// Bytes that are in a record already.
  var taken = 0
  /// Bytes when it was last found not to be a whole record.
  var refused = 0
  /// It is too long: everything up to its newline is dropped.
  var isSkipped = false
}

extension UnsafeRawBufferPointer {
  /// Without zero bytes at both ends.
  fileprivate var withoutHoles: UnsafeRawBufferPointer {
    guard let first = firstIndex(where: { $0 != 0 }), let last = lastIndex(where: { $0 != 0 }) else {
      return UnsafeRawBufferPointer(rebasing: self[..<0])
    }
    return UnsafeRawBufferPointer(rebasing: self[first...last])
  }
}
