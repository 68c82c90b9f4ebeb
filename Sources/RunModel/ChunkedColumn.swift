/// An append-only column stored in chunks, so that growing copies at most one chunk and a copy of the whole column
/// shares all the others.
///
/// A plain array doubles: at ten million points it would copy everything and keep up to half of it empty.
package struct ChunkedColumn<Element: Sendable>: Sendable {
  /// Elements of a full chunk, a power of two.
  package static var chunkCount: Int { 1 << chunkBits }
  private static var chunkBits: Int { 12 }

  private var chunks: [ContiguousArray<Element>] = []
  package private(set) var count = 0

  package init() {}

  package subscript(index: Int) -> Element {
    chunks[index >> Self.chunkBits][index & (Self.chunkCount - 1)]
  }

  package mutating func append(_ element: Element) {
    if count & (Self.chunkCount - 1) == 0 {
      var chunk = ContiguousArray<Element>()
      // Most series of a run are short; a long one fills its chunks to the brim.
      chunk.reserveCapacity(chunks.isEmpty ? 16 : Self.chunkCount)
      chunks.append(chunk)
    }
    chunks[chunks.count - 1].append(element)
    count += 1
  }

  /// Replaces one element.
  package mutating func update(_ index: Int, to element: Element) {
    chunks[index >> Self.chunkBits][index & (Self.chunkCount - 1)] = element
  }

  /// Drops every element from `newCount` on.
  package mutating func truncate(to newCount: Int) {
    guard newCount < count else { return }
    let keptChunks = (newCount + Self.chunkCount - 1) >> Self.chunkBits
    chunks.removeLast(chunks.count - keptChunks)
    if keptChunks > 0 {
      let keptInLast = newCount - (keptChunks - 1) << Self.chunkBits
      chunks[keptChunks - 1].removeLast(chunks[keptChunks - 1].count - keptInLast)
    }
    count = newCount
  }

  /// Calls `body` with every element of `range`, in order.
  package func forEach(in range: Range<Int>, _ body: (Element) -> Void) {
    var index = range.lowerBound
    while index < range.upperBound {
      let chunk = chunks[index >> Self.chunkBits]
      let start = index & (Self.chunkCount - 1)
      let end = min(chunk.count, start + range.upperBound - index)
      for offset in start..<end { body(chunk[offset]) }
      index += end - start
    }
  }
}
