#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Exponentials of the blocks of a row, kept from the first sweep for the second, which then takes none.
final class RowTerms {
  /// The maxima that the exponentials of a block are relative to.
  struct Maxima {
    var policy: Double
    var reference: Double

    fileprivate static let none = Maxima(policy: .nan, reference: .nan)
  }

  private let policy: UnsafeMutablePointer<Float>
  private let reference: UnsafeMutablePointer<Float>
  /// By block; NaN where its exponentials are not kept.
  private let maxima: UnsafeMutablePointer<Maxima>
  private let blocks: Int

  /// A longer row is swept over without: its exponentials would not stay in the cache.
  private static let mostEntries = 1 << 20

  /// Nil for no entries, and for too many.
  init?(entries: Int) {
    guard entries > 0, entries <= Self.mostEntries else { return nil }
    blocks = (entries + blockSize - 1) / blockSize
    policy = Self.room(entries: 2 * blocks * blockSize)
    reference = policy + blocks * blockSize
    maxima = .allocate(capacity: blocks)
    maxima.initialize(repeating: .none, count: blocks)
  }

  /// Memory in large pages where the row is long: small ones cost a look-up each time.
  private static func room(entries: Int) -> UnsafeMutablePointer<Float> {
    let bytes = entries * MemoryLayout<Float>.stride
    let isLong = bytes >= largePage / 2
    let byteCount = isLong ? (bytes + largePage - 1) / largePage * largePage : bytes
    let room = UnsafeMutableRawPointer.allocate(
      byteCount: byteCount, alignment: isLong ? largePage : MemoryLayout<Float>.alignment)
    #if canImport(Glibc)
      // Advice only: without it everything works as well.
      if isLong { madvise(room, byteCount, MADV_HUGEPAGE) }
    #endif
    return room.bindMemory(to: Float.self, capacity: entries)
  }

  private static let largePage = 1 << 21

  deinit {
    UnsafeMutableRawPointer(policy).deallocate()
    maxima.deallocate()
  }

  /// Forgets the row before.
  func clear() {
    maxima.update(repeating: .none, count: blocks)
  }

  /// Where the exponentials of the block from an entry on go.
  func room(from start: Int) -> (policy: UnsafeMutablePointer<Float>, reference: UnsafeMutablePointer<Float>)
  {
    (policy + start, reference + start)
  }

  /// States what the kept exponentials of a block are relative to; nil where they are no good.
  func setMaxima(_ value: Maxima?, from start: Int) { maxima[start / blockSize] = value ?? .none }

  func maxima(from start: Int) -> Maxima? {
    let value = maxima[start / blockSize]
    return value.policy.isNaN ? nil : value
  }
}
