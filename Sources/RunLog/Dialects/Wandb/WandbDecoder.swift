/// Offline log of Weights & Biases: a header of 7 bytes, then LevelDB log records in blocks of 32 KiB (CRC-32, length,
/// type, data); a record that does not fit is cut into pieces. The data is a protobuf `Record`; its history counts.
final class WandbDecoder: FrameDecoder {
  private var history: WandbHistory
  /// Bytes of the file that were taken.
  private var offset = 0
  /// Records so far, which stand for lines.
  private var count = 0
  /// Pieces of a record whose last piece has not come.
  private var pieces: [UInt8] = []
  private var isInPieces = false

  private static let magic: [UInt8] = Array(":W&B".utf8) + [0xE1, 0xBE, 0x00]
  private static let blockLength = 32768
  private static let headerLength = 7

  /// Types of LevelDB's log format.
  private enum PieceType: UInt8 {
    case full = 1
    case first, middle, last
  }

  init(keys: KeyInterner) {
    history = WandbHistory(keys: keys)
  }

  var dialect: Dialect { .wandb }
  var lines: Int { 0 }
  func startOver() -> Bool { false }

  static func recognises(_ start: UnsafeRawBufferPointer) -> Recognition {
    if start.starts(with: magic) { return .yes }
    return magic.starts(with: start) ? .undecided : .no
  }

  func decode(_ bytes: UnsafeRawBufferPointer, limit: Int, into batch: inout RecordBatch) -> Int {
    let before = batch.records.count + batch.notices.count
    let start = offset
    if offset == 0 { offset = Self.magic.count }
    while batch.records.count + batch.notices.count - before < limit {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[(offset - start)...])
      let room = Self.blockLength - offset % Self.blockLength
      if room < Self.headerLength {
        guard rest.count >= room else { break }
        offset += room
        continue
      }
      guard let length = pieceLength(rest) else { break }
      if length > room {
        guard rest.count >= room else { break }
        reject("the length of record \(count + 1) is damaged", &batch)
        offset += room
        continue
      }
      guard rest.count >= length else { break }
      decodePiece(UnsafeRawBufferPointer(rebasing: rest[..<length]), into: &batch)
      offset += length
    }
    return offset - start
  }

  /// Bytes of the piece that begins here with its header; `nil` where the header has not come.
  private func pieceLength(_ bytes: UnsafeRawBufferPointer) -> Int? {
    guard bytes.count >= Self.headerLength else { return nil }
    // Zeros are what a network file system shows of a write that has not arrived.
    if bytes[..<Self.headerLength].allSatisfy({ $0 == 0 }) { return nil }
    return Self.headerLength
      + Int(UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt16.self)))
  }

  private func decodePiece(_ piece: UnsafeRawBufferPointer, into batch: inout RecordBatch) {
    let check = UInt32(littleEndian: piece.loadUnaligned(as: UInt32.self))
    let checked = UnsafeRawBufferPointer(rebasing: piece[6...])
    guard check == CyclicRedundancyCheck.zlib.checksum(checked), let type = PieceType(rawValue: piece[6])
    else {
      reject("checksum of record \(count + 1) is wrong", &batch)
      return
    }
    let data = UnsafeRawBufferPointer(rebasing: piece[Self.headerLength...])
    switch type {
    case .full: finish(data, &batch)
    case .first:
      pieces = Array(data)
      isInPieces = true
    case .middle, .last:
      // Without its first piece a record was damaged, and that was told.
      guard isInPieces else { return }
      pieces.append(contentsOf: data)
      if type == .last { pieces.withUnsafeBytes { finish($0, &batch) } }
    }
  }

  private func finish(_ record: UnsafeRawBufferPointer, _ batch: inout RecordBatch) {
    count += 1
    isInPieces = false
    history.decode(record, number: count, into: &batch)
  }

  private func reject(_ reason: String, _ batch: inout RecordBatch) {
    count += 1
    isInPieces = false
    batch.notices.append(
      LogNotice(position: batch.records.count, line: count, kind: .rejected(reason: reason)))
  }
}

extension Dialect {
  /// Offline log of Weights & Biases.
  package static let wandb = Dialect("wandb")
}
