/// Extents of whole blocks of points, in levels that each summarise 16 entries of the level below: the extent of any
/// range costs some hundred steps however many points it holds.
///
/// Only complete blocks are kept, so that appending mostly does nothing and forgetting points only shortens columns.
package struct ExtentIndex: Sendable {
  private static let fanBits = 4
  private static let fan = 1 << fanBits

  /// `levels[0]` holds one extent for 16 points, `levels[1]` one for 16 of those, and so on.
  private var levels: [ChunkedColumn<Extent>] = []

  package init() {}

  /// Takes in the last of `values`, which was just appended.
  @inline(__always)
  mutating func noteAppended(to values: ChunkedColumn<Double>) {
    if values.count & (Self.fan - 1) == 0 { completeBlocks(of: values) }
  }

  private mutating func completeBlocks(of values: ChunkedColumn<Double>) {
    var complete = values.count
    var level = 0
    while complete & (Self.fan - 1) == 0, complete > 0 {
      var extent = Extent()
      add((complete - Self.fan)..<complete, level: level - 1, values: values, to: &extent)
      if level == levels.count { levels.append(ChunkedColumn()) }
      levels[level].append(extent)
      complete >>= Self.fanBits
      level += 1
    }
  }

  /// Forgets every point from `count` on.
  mutating func truncate(to count: Int) {
    var blocks = count
    for level in levels.indices {
      blocks >>= Self.fanBits
      levels[level].truncate(to: blocks)
    }
  }

  /// Extent of the points of `range`.
  package func extent(of range: Range<Int>, values: ChunkedColumn<Double>) -> Extent {
    var result = Extent()
    gather(range, level: -1, values: values, into: &result)
    return result
  }

  /// Adds the ragged ends of `range` at this level and its whole blocks from the level above.
  private func gather(
    _ range: Range<Int>, level: Int, values: ChunkedColumn<Double>, into result: inout Extent
  ) {
    let firstBlock = (range.lowerBound + Self.fan - 1) >> Self.fanBits
    let endBlock = range.upperBound >> Self.fanBits
    guard level + 1 < levels.count, firstBlock < endBlock else {
      return add(range, level: level, values: values, to: &result)
    }
    add(range.lowerBound..<(firstBlock << Self.fanBits), level: level, values: values, to: &result)
    gather(firstBlock..<endBlock, level: level + 1, values: values, into: &result)
    add((endBlock << Self.fanBits)..<range.upperBound, level: level, values: values, to: &result)
  }

  /// Adds entries one by one; level −1 are the points themselves.
  private func add(
    _ range: Range<Int>, level: Int, values: ChunkedColumn<Double>, to result: inout Extent
  ) {
    var sum = result
    if level < 0 {
      values.forEach(in: range) { sum.include($0) }
    } else {
      levels[level].forEach(in: range) { sum.formUnion($0) }
    }
    result = sum
  }
}
