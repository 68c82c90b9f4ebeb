/// A TensorBoard event file: TFRecord frames (length, masked CRC-32C of it, data, masked CRC-32C of that), each with an
/// `Event`; every tag is a key, hyperparameters are the configuration; histograms, images and texts are left out.
final class TensorBoardDecoder: FrameDecoder {
  private var keys: KeyCache
  /// Records so far, which stand for lines.
  private var count = 0
  /// A length is wrong: nothing says where the next record begins.
  private var isLost = false

  private static let headerLength = 12
  private static let footerLength = 4

  init(keys: KeyInterner) {
    self.keys = KeyCache(keys)
  }

  var dialect: Dialect { .tensorBoard }
  var lines: Int { 0 }
  func startOver() -> Bool { false }

  static func recognises(_ start: UnsafeRawBufferPointer) -> Recognition {
    if start.count >= headerLength { return length(start) == nil ? .no : .yes }
    // The first record is short, so its length ends in six zero bytes; a text shows that it is one with its first line.
    let isText = start[0] == UInt8(ascii: "{") || start.contains(UInt8(ascii: "\n"))
    return !isText && start.dropFirst(2).prefix(6).allSatisfy { $0 == 0 } ? .undecided : .no
  }

  /// The length of the record that begins here, `nil` where its check does not hold.
  private static func length(_ bytes: UnsafeRawBufferPointer) -> UInt64? {
    let check = bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self)
    let own = CyclicRedundancyCheck.castagnoli.checksum(UnsafeRawBufferPointer(rebasing: bytes[..<8]))
    guard UInt32(littleEndian: check) == CyclicRedundancyCheck.masked(own) else { return nil }
    return UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
  }

  func decode(_ bytes: UnsafeRawBufferPointer, limit: Int, into batch: inout RecordBatch) -> Int {
    if isLost { return bytes.count }
    let before = batch.records.count + batch.notices.count
    var position = 0
    while batch.records.count + batch.notices.count - before < limit {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[position...])
      guard rest.count >= Self.headerLength else { break }
      // Zeros are what a network file system shows of a write that has not arrived.
      guard let length = Self.length(rest) else {
        if rest[..<Self.headerLength].allSatisfy({ $0 == 0 }) { break }
        lose(&batch)
        return bytes.count
      }
      let whole = length.addingReportingOverflow(UInt64(Self.headerLength + Self.footerLength))
      guard !whole.overflow, whole.partialValue <= UInt64(rest.count) else { break }
      decodeRecord(rest, length: Int(length), into: &batch)
      position += Int(whole.partialValue)
    }
    return position
  }

  private func lose(_ batch: inout RecordBatch) {
    isLost = true
    reject("the length of record \(count + 1) is damaged: what follows it cannot be read", &batch)
  }

  private func reject(_ reason: String, _ batch: inout RecordBatch) {
    batch.notices.append(
      LogNotice(position: batch.records.count, line: count + 1, kind: .rejected(reason: reason)))
  }

  private func decodeRecord(_ record: UnsafeRawBufferPointer, length: Int, into batch: inout RecordBatch) {
    defer { count += 1 }
    let end = Self.headerLength + length
    let data = UnsafeRawBufferPointer(rebasing: record[Self.headerLength..<end])
    let check = UInt32(littleEndian: record.loadUnaligned(fromByteOffset: end, as: UInt32.self))
    guard check == CyclicRedundancyCheck.masked(CyclicRedundancyCheck.castagnoli.checksum(data)) else {
      reject("checksum of record \(count + 1) is wrong", &batch)
      return
    }
    let event = TensorBoardEvent(data)
    if event.isMalformed {
      reject("record \(count + 1) is no event", &batch)
      return
    }
    append(event, to: &batch)
  }

  private func append(_ event: TensorBoardEvent, to batch: inout RecordBatch) {
    if event.startsSession {
      batch.notices.append(
        LogNotice(
          position: batch.records.count, line: count + 1, kind: .sessionStarted(step: event.step)))
    }
    guard let summary = event.summary else { return }
    let first = batch.numbers.count
    var values = ProtobufReader(summary)
    while let (field, value) = values.next() {
      guard field == 1, let bytes = value.bytes else { continue }
      guard let (tag, number) = TensorBoardEvent.scalar(bytes) else {
        if let run = TensorBoardHparams.description(bytes) {
          batch.notices.append(LogNotice(position: batch.records.count, line: count + 1, kind: .run(run)))
        }
        continue
      }
      batch.numberKeys.append(keys.index(of: tag, announcedIn: &batch))
      batch.numbers.append(number)
    }
    guard batch.numbers.count > first else { return }
    batch.records.append(
      Record(
        line: count + 1, step: event.step, hasOwnStep: true, time: event.wallTime, phase: .train,
        modes: ModelModes(), numbers: first..<batch.numbers.count))
  }
}

extension Dialect {
  /// TensorBoard event file.
  package static let tensorBoard = Dialect("tensorboard")
}
