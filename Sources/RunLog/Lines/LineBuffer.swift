#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Bytes that were read and not yet taken as lines.
///
/// The memory after the last byte is always readable for `padding` bytes and holds newlines, as the decoders
/// want it.
struct LineBuffer: ~Copyable {
  private let padding: Int
  private var base: UnsafeMutableRawPointer
  private var capacity: Int
  private var start = 0
  private var end = 0
  /// Bytes before this have no newline.
  private var searched = 0

  /// What an empty buffer keeps; more is given back.
  private static let usualCapacity = 1 << 20
  private static let newline = UInt8(ascii: "\n")

  init(padding: Int) {
    self.padding = padding
    capacity = Self.usualCapacity
    base = .allocate(byteCount: capacity + padding, alignment: 64)
    base.initializeMemory(as: UInt8.self, repeating: Self.newline, count: padding)
  }

  deinit {
    base.deallocate()
  }

  /// Bytes of the line that has not ended yet.
  var pendingCount: Int { end - start }

  /// The line that has not ended yet.
  var pending: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base + start, count: end - start) }

  /// The bytes that were read last.
  func latest(_ count: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: base + (end - count), count: count)
  }

  /// Reads up to `count` bytes behind those that are there.
  mutating func fill<Problem: Error>(
    _ count: Int, read: (UnsafeMutableRawBufferPointer) throws(Problem) -> Int
  ) throws(Problem) -> Int {
    makeRoom(for: count)
    let got = try read(UnsafeMutableRawBufferPointer(start: base + end, count: count))
    end += got
    (base + end).initializeMemory(as: UInt8.self, repeating: Self.newline, count: padding)
    return got
  }

  /// Adds bytes behind those that are there.
  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    guard !bytes.isEmpty else { return }
    _ = fill(bytes.count) { room in
      room.copyBytes(from: bytes)
      return bytes.count
    }
  }

  /// The next whole line without its newline, valid until the next change.
  mutating func nextLine() -> UnsafeRawBufferPointer? {
    guard searched < end, let found = memchr(base + searched, Int32(Self.newline), end - searched) else {
      searched = end
      return nil
    }
    let newline = UnsafeRawPointer(found) - UnsafeRawPointer(base)
    let line = UnsafeRawBufferPointer(start: base + start, count: newline - start)
    start = newline + 1
    searched = start
    return line
  }

  /// Forgets the line that has not ended yet.
  mutating func dropPending() {
    start = end
    searched = end
  }

  /// Forgets bytes at the start of what was not taken yet.
  mutating func drop(_ count: Int) {
    start = min(end, start + count)
    searched = max(searched, start)
  }

  private mutating func makeRoom(for count: Int) {
    if start > 0 {
      memmove(base, base + start, end - start)
      end -= start
      searched -= start
      start = 0
    }
    if end + count > capacity {
      resize(to: max(end + count, capacity * 2))
    } else if end == 0 && capacity > Self.usualCapacity && count <= Self.usualCapacity {
      resize(to: Self.usualCapacity)
    }
  }

  private mutating func resize(to size: Int) {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: size + padding, alignment: 64)
    memory.copyMemory(from: base, byteCount: end)
    (memory + end).initializeMemory(as: UInt8.self, repeating: Self.newline, count: padding)
    base.deallocate()
    base = memory
    capacity = size
  }
}
