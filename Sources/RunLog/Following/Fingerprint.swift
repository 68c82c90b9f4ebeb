internal import FileAccess

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A few bytes of what was read of a file, to notice that it was written anew in place; the places where it had holes;
/// and, of one that is not too long, a checksum of every block, to notice that it was edited.
struct Fingerprint {
  private static let length = 256
  /// A file that is longer is not searched for edits.
  private static let mostChecked = 1 << 24
  private static let block = 1 << 16
  /// More zeros than this in a row are what a network file system shows of a write that has not arrived.
  private static let shortestHole = 16
  /// The last holes are looked at: they may be filled later.
  private static let mostHoles = 16

  private var head: [UInt8] = []
  private var tail: [UInt8] = []
  private var sums: [UInt64] = []
  /// Checksum of the block that is not complete.
  private var sum = BlockChecksum()
  private var holes: [Range<Int>] = []
  /// Bytes read so far.
  private(set) var offset = 0

  /// Takes note of the next bytes that were read.
  mutating func extend(with bytes: UnsafeRawBufferPointer) {
    noteHoles(bytes)
    addSums(bytes)
    offset += bytes.count
    head.append(contentsOf: bytes.prefix(Self.length - head.count))
    if bytes.count >= Self.length {
      tail = Array(bytes.suffix(Self.length))
    } else {
      tail.append(contentsOf: bytes)
      tail.removeFirst(max(0, tail.count - Self.length))
    }
  }

  /// True where the file still begins with what was read, still has what was read last, and its holes are not filled.
  func matches(_ file: any LogFile) throws(FileProblem) -> Bool {
    guard try Self.bytes(of: file, at: 0, count: head.count) == head,
      try Self.bytes(of: file, at: offset - tail.count, count: tail.count) == tail
    else { return false }
    for hole in holes {
      let count = min(hole.count, Self.length)
      let start = try Self.bytes(of: file, at: hole.lowerBound, count: count)
      let end = try Self.bytes(of: file, at: hole.upperBound - count, count: count)
      if (start + end).contains(where: { $0 != 0 }) { return false }
    }
    return true
  }

  /// True where the file still is what was read, byte by byte as far as that was noted.
  func matchesWhole(_ file: any LogFile) throws(FileProblem) -> Bool {
    guard offset <= Self.mostChecked else { return true }
    var other = Fingerprint()
    while other.offset < offset {
      let bytes = try Self.bytes(of: file, at: other.offset, count: min(Self.block, offset - other.offset))
      if bytes.isEmpty { return false }
      bytes.withUnsafeBytes { other.addSums($0) }
      other.offset += bytes.count
    }
    return other.sums == sums && other.sum == sum
  }

  private mutating func addSums(_ bytes: UnsafeRawBufferPointer) {
    guard offset < Self.mostChecked else { return }
    var rest = bytes
    while !rest.isEmpty {
      let part = min(rest.count, Self.block - sum.count)
      sum.add(UnsafeRawBufferPointer(rebasing: rest[..<part]))
      rest = UnsafeRawBufferPointer(rebasing: rest[part...])
      if sum.count == Self.block {
        sums.append(sum.value)
        sum = BlockChecksum()
      }
    }
  }

  private mutating func noteHoles(_ bytes: UnsafeRawBufferPointer) {
    var place = 0
    while let start = bytes.firstZero(from: place) {
      let end = bytes[start...].firstIndex { $0 != 0 } ?? bytes.count
      place = end
      if let last = holes.last, last.upperBound == offset + start {
        holes[holes.count - 1] = last.lowerBound..<offset + end
      } else if end - start >= Self.shortestHole {
        holes.append(offset + start..<offset + end)
        if holes.count > Self.mostHoles { holes.removeFirst() }
      }
    }
  }

  private static func bytes(of file: any LogFile, at offset: Int, count: Int) throws(FileProblem) -> [UInt8] {
    let found = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
    defer { found.deallocate() }
    var filled = 0
    while filled < count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: found[filled...])
      let got = try file.read(at: offset + filled, into: rest)
      if got == 0 { break }
      filled += got
    }
    return Array(found[..<filled])
  }
}

/// A checksum of bytes that come in parts of any length: good enough to notice an edit, and as fast as they are read.
private struct BlockChecksum: Equatable {
  private(set) var value: UInt64 = 0x9E37_79B9_7F4A_7C15
  private(set) var count = 0
  /// Bytes that do not fill a word yet.
  private var word: UInt64 = 0

  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    var place = 0
    while place < bytes.count, count & 7 != 0 || bytes.count - place < 8 {
      word |= UInt64(bytes[place]) << UInt64(8 * (count & 7))
      place += 1
      count += 1
      if count & 7 == 0 { mix() }
    }
    while bytes.count - place >= 8 {
      word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
      place += 8
      count += 8
      mix()
    }
    while place < bytes.count {
      word |= UInt64(bytes[place]) << UInt64(8 * (count & 7))
      place += 1
      count += 1
    }
  }

  private mutating func mix() {
    value = (value ^ word) &* 0xFF51_AFD7_ED55_8CCD
    value ^= value >> 32
    word = 0
  }
}

extension UnsafeRawBufferPointer {
  /// The first byte that is zero, from a place on.
  fileprivate func firstZero(from place: Int) -> Int? {
    guard place < count, let start = baseAddress, let found = memchr(start + place, 0, count - place) else {
      return nil
    }
    return start.distance(to: UnsafeRawPointer(found))
  }
}
