/// A CRC of 32 bits with reflected bits, eight bytes at a time (Kounavis and Berry: slicing by 8).
package struct CyclicRedundancyCheck: Sendable {
  /// CRC-32C, the one of TFRecord files.
  package static let castagnoli = CyclicRedundancyCheck(reflectedPolynomial: 0x82F6_3B78)
  /// CRC-32 of zlib, the one of W&B's log.
  package static let zlib = CyclicRedundancyCheck(reflectedPolynomial: 0xEDB8_8320)

  /// Eight tables of 256 entries.
  private let tables: [UInt32]

  init(reflectedPolynomial: UInt32) {
    var tables = [UInt32](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      var entry = UInt32(byte)
      for _ in 0..<8 { entry = entry & 1 == 1 ? entry >> 1 ^ reflectedPolynomial : entry >> 1 }
      tables[byte] = entry
    }
    for index in 256..<tables.count {
      let before = tables[index - 256]
      tables[index] = before >> 8 ^ tables[Int(before & 0xFF)]
    }
    self.tables = tables
  }

  /// The check of some bytes, or, with the check of what comes before them, of both.
  package func checksum(_ bytes: UnsafeRawBufferPointer, after previous: UInt32 = 0) -> UInt32 {
    tables.withUnsafeBufferPointer { tables in
      var state = ~previous
      var position = 0
      while position + 8 <= bytes.count {
        let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
        state = Self.eight(word ^ UInt64(state), tables)
        position += 8
      }
      while position < bytes.count {
        state = state >> 8 ^ tables[Int(UInt8(truncatingIfNeeded: state) ^ bytes[position])]
        position += 1
      }
      return ~state
    }
  }

  private static func eight(_ word: UInt64, _ tables: UnsafeBufferPointer<UInt32>) -> UInt32 {
    var result: UInt32 = 0
    for byte in 0..<8 {
      let value = Int(UInt8(truncatingIfNeeded: word >> (UInt64(byte) * 8)))
      result ^= tables[(7 - byte) * 256 + value]
    }
    return result
  }

  /// As TFRecord files store it: rotated, so that the check of data that holds checks is no fixed number.
  package static func masked(_ checksum: UInt32) -> UInt32 {
    (checksum >> 15 | checksum << 17) &+ 0xA282_EAD8
  }
}
