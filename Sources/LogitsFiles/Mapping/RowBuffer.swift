/// Memory for rows that cannot be lent in place, kept from one block to the next.
package struct RowBuffer: ~Copyable {
  private var buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 0, alignment: alignment)

  private static let alignment = 64

  package init() {}

  deinit { buffer.deallocate() }

  mutating func bytes(_ count: Int) -> UnsafeMutableRawBufferPointer {
    if buffer.count < count {
      buffer.deallocate()
      buffer = .allocate(byteCount: count, alignment: Self.alignment)
    }
    return UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
  }
}
