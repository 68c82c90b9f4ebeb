/// An append-only column stored in chunks, so that growing copies at most one chunk and a copy of the whole column
/// shares all the others.
///
/// A plain array doubles: at ten million points it would copy everything and keep up to half of it empty.
package struct ChunkedColumn<Element: Sendable>: Sendable {
  /// Elements of a full chunk, a power of two.
  package static var chunkCount: Int { 1 << chunkBits }
  private static var chunkBits: Int { 12 }

  /// Every one holds `chunkCount` elements.
  private var full: [ContiguousArray<Element>] = []
  /// The elements behind them, fewer than a chunk.
  private var tail = ContiguousArray<Element>()

  package init() {}

  package var count: Int { full.count << Self.chunkBits + tail.count }

  package subscript(index: Int) -> Element {
    let chunk = index >> Self.chunkBits
    let offset = index & (Self.chunkCount - 1)
    return chunk < full.count ? full[chunk][offset] : tail[offset]
  }

  package mutating func append(_ element: Element) {
    tail.append(element)
    guard tail.count == Self.chunkCount else { return }
    full.append(tail)
    // Most series of a run are short; a long one fills its chunks to the brim.
    tail = ContiguousArray()
    tail.reserveCapacity(Self.chunkCount)
  }

  /// Appends many elements at once: the chunk they go to is looked up for all of them, not for each.
  ///
  /// - Parameter element: the element with a number, from 0.
  @inline(__always)
  mutating func append(count: Int, _ element: (Int) -> Element) {
    var done = 0
    while done < count {
      let part = min(count - done, Self.chunkCount - tail.count)
      for index in done..<done + part { tail.append(element(index)) }
      done += part
      guard tail.count == Self.chunkCount else { continue }
      full.append(tail)
      tail = ContiguousArray()
      tail.reserveCapacity(Self.chunkCount)
    }
  }

  /// Drops every element from `newCount` on.
  package mutating func truncate(to newCount: Int) {
    guard newCount < count else { return }
    let keptChunks = newCount >> Self.chunkBits
    if keptChunks < full.count {
      tail = full[keptChunks]
      full.removeLast(full.count - keptChunks)
    }
    tail.removeLast(tail.count - (newCount & (Self.chunkCount - 1)))
  }

  /// Calls `body` with every element of `range`, in order.
  package func forEach(in range: Range<Int>, _ body: (Element) -> Void) {
    forEachChunk(in: range) { chunk, places in
      for place in places { body(chunk[place]) }
    }
  }

  /// Calls `body` with every chunk that has elements of `range`, and their places in it, in order.
  package func forEachChunk(in range: Range<Int>, _ body: (ContiguousArray<Element>, Range<Int>) -> Void) {
    var index = range.lowerBound
    while index < range.upperBound {
      let number = index >> Self.chunkBits
      let start = index & (Self.chunkCount - 1)
      let end = min(Self.chunkCount, start + range.upperBound - index)
      body(number < full.count ? full[number] : tail, start..<end)
      index += end - start
    }
  }
}
