internal import FileAccess

/// A few bytes of what was read of a file, to notice that it was written anew in place.
struct Fingerprint {
  private static let length = 256

  private var head: [UInt8] = []
  private var tail: [UInt8] = []
  /// Bytes read so far.
  private(set) var offset = 0

  /// Takes note of the next bytes that were read.
  mutating func extend(with bytes: UnsafeRawBufferPointer) {
    offset += bytes.count
    head.append(contentsOf: bytes.prefix(Self.length - head.count))
    if bytes.count >= Self.length {
      tail = Array(bytes.suffix(Self.length))
    } else {
      tail.append(contentsOf: bytes)
      tail.removeFirst(max(0, tail.count - Self.length))
    }
  }

  /// True where the file still begins with what was read and still has what was read last.
  func matches(_ file: any LogFile) throws(FileProblem) -> Bool {
    guard try Self.holds(head, at: 0, file) else { return false }
    return try Self.holds(tail, at: offset - tail.count, file)
  }

  private static func holds(
    _ expected: [UInt8], at offset: Int, _ file: any LogFile
  ) throws(FileProblem) -> Bool {
    let found = UnsafeMutableRawBufferPointer.allocate(byteCount: expected.count, alignment: 1)
    defer { found.deallocate() }
    var filled = 0
    while filled < expected.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: found[filled...])
      let count = try file.read(at: offset + filled, into: rest)
      if count == 0 { return false }
      filled += count
    }
    return found.elementsEqual(expected)
  }
}
