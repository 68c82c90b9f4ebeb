#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Numbers of keys by the bytes of their names, without a string for every look-up.
struct KeyCache {
  private struct Entry {
    var name: [UInt8]
    var index: UInt32
  }

  private let table: KeyTable
  private var entries: [UInt64: [Entry]] = [:]

  init(_ table: KeyTable) {
    self.table = table
  }

  /// The number of a key; a key that is new is announced in the batch.
  mutating func index(of name: UnsafeRawBufferPointer, announcedIn batch: inout RecordBatch) -> UInt32 {
    let hash = Self.hash(name)
    if let known = entries[hash]?.first(where: { Self.equal($0.name, name) }) { return known.index }
    let index = table.index(of: String(decoding: name, as: UTF8.self), announcedIn: &batch)
    entries[hash, default: []].append(Entry(name: Array(name), index: index))
    return index
  }

  private static func equal(_ left: [UInt8], _ right: UnsafeRawBufferPointer) -> Bool {
    guard left.count == right.count else { return false }
    return right.baseAddress.map { memcmp(left, $0, left.count) == 0 } ?? true
  }

  /// FNV-1a.
  private static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
  }
}
