#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Numbers of keys by the bytes of their names, without a string for every look-up.
///
/// Logs repeat themselves: the key that followed another one mostly follows it again, and then nothing is hashed.
struct KeyCache {
  private struct Entry {
    var name: [UInt8]
    var index: UInt32
    /// Place of the entry that followed this one the last time.
    var follower: Int
  }

  private let table: KeyInterner
  private var entries: ContiguousArray<Entry> = []
  private var places: [UInt64: [Int]] = [:]
  /// Place of the entry that was asked for last.
  private var latest: Int?

  init(_ table: KeyInterner) {
    self.table = table
  }

  /// The number of a key; a key that is new is announced in the batch.
  mutating func index(of name: UnsafeRawBufferPointer, announcedIn batch: inout RecordBatch) -> UInt32 {
    if let latest, Self.equal(entries[entries[latest].follower].name, name) {
      self.latest = entries[latest].follower
      return entries[entries[latest].follower].index
    }
    let place = place(of: name, &batch)
    if let latest { entries[latest].follower = place }
    latest = place
    return entries[place].index
  }

  private mutating func place(of name: UnsafeRawBufferPointer, _ batch: inout RecordBatch) -> Int {
    let hash = Self.hash(name)
    if let known = places[hash]?.first(where: { Self.equal(entries[$0].name, name) }) { return known }
    let index = table.index(of: String(decoding: name, as: UTF8.self), announcedIn: &batch)
    entries.append(Entry(name: Array(name), index: index, follower: entries.count))
    places[hash, default: []].append(entries.count - 1)
    return entries.count - 1
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
