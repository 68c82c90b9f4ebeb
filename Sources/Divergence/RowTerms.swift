/// Exponentials of the blocks of a row, kept from the first sweep for the second, which then takes none.
final class RowTerms {
  /// The maxima that the exponentials of a block are relative to.
  struct Maxima {
    var policy: Double
    var reference: Double
  }

  private let policy: UnsafeMutablePointer<Float>
  private let reference: UnsafeMutablePointer<Float>
  /// By block; nil where its exponentials are not kept.
  private var maxima: [Maxima?]

  /// A longer row is swept over without: its exponentials would not stay in the cache.
  private static let mostEntries = 1 << 20

  /// Nil for no entries, and for too many.
  init?(entries: Int) {
    guard entries > 0, entries <= Self.mostEntries else { return nil }
    let blocks = (entries + blockSize - 1) / blockSize
    policy = .allocate(capacity: blocks * blockSize)
    reference = .allocate(capacity: blocks * blockSize)
    maxima = Array(repeating: nil, count: blocks)
  }

  deinit {
    policy.deallocate()
    reference.deallocate()
  }

  /// Forgets the row before.
  func clear() {
    for block in maxima.indices { maxima[block] = nil }
  }

  /// Where the exponentials of the block from an entry on go.
  func room(from start: Int) -> (policy: UnsafeMutablePointer<Float>, reference: UnsafeMutablePointer<Float>)
  {
    (policy + start, reference + start)
  }

  /// States what the kept exponentials of a block are relative to; nil where they are no good.
  func setMaxima(_ value: Maxima?, from start: Int) { maxima[start / blockSize] = value }

  func maxima(from start: Int) -> Maxima? { maxima[start / blockSize] }
}
