/// Extents and means of whole blocks of points, in levels that each summarise 16 entries of the level below: the extent
/// of any range costs some hundred steps however many points it holds.
///
/// Only complete blocks are kept, so that appending mostly does nothing and forgetting points only shortens columns.
package struct ExtentIndex: Sendable {
  private static let fanBits = 4
  private static let fan = 1 << fanBits

  /// `levels[0]` holds one extent for 16 points, `levels[1]` one for 16 of those, and so on.
  private var levels: [ChunkedColumn<Extent>] = []
  /// Mean of the finite values of the same blocks, NaN where there is none.
  private var means: [ChunkedColumn<Double>] = []

  package init() {}

  /// Takes in the last of `values`, which was just appended.
  @inline(__always)
  mutating func noteAppended(to values: ChunkedColumn<Double>) {
    if values.count & (Self.fan - 1) == 0 { completeBlocks(of: values, through: values.count) }
  }

  /// Takes in the last `count` of `values`, which were just appended.
  mutating func noteAppended(_ count: Int, to values: ChunkedColumn<Double>) {
    let before = (values.count - count) & ~(Self.fan - 1)
    for end in stride(from: before + Self.fan, through: values.count, by: Self.fan) {
      completeBlocks(of: values, through: end)
    }
  }

  /// Summarises the blocks that end with a point.
  private mutating func completeBlocks(of values: ChunkedColumn<Double>, through end: Int) {
    var complete = end
    var level = 0
    while complete & (Self.fan - 1) == 0, complete > 0 {
      let block = (complete - Self.fan)..<complete
      let (extent, mean) =
        level == 0 ? summary(of: block, of: values) : summary(of: block, level: level - 1, values: values)
      if level == levels.count {
        levels.append(ChunkedColumn())
        means.append(ChunkedColumn())
      }
      levels[level].append(extent)
      means[level].append(mean)
      complete >>= Self.fanBits
      level += 1
    }
  }

  /// Extent and mean of points. Nearly all blocks are finite, and then one sum tells it.
  private func summary(of block: Range<Int>, of values: ChunkedColumn<Double>) -> (Extent, Double) {
    var (low, high, sum) = (Double.infinity, -Double.infinity, 0.0)
    values.forEachChunk(in: block) { chunk, places in
      for place in places {
        let value = chunk[place]
        low = value < low ? value : low
        high = value > high ? value : high
        sum += value
      }
    }
    guard !sum.isFinite else { return (Extent(minimum: low, maximum: high), sum / Double(Self.fan)) }
    return summary(of: block, level: -1, values: values)
  }

  /// Extent and mean of entries of which some may not be finite; level −1 are the points themselves.
  private func summary(
    of block: Range<Int>, level: Int, values: ChunkedColumn<Double>
  ) -> (Extent, Double) {
    var extent = Extent()
    add(block, level: level, values: values, to: &extent)
    var (sum, count) = (0.0, 0.0)
    (level < 0 ? values : means[level]).forEach(in: block) {
      if $0.isFinite { (sum, count) = (sum + $0, count + 1) }
    }
    return (extent, count > 0 ? sum / count : .nan)
  }

  /// Forgets every point from `count` on.
  mutating func truncate(to count: Int) {
    var blocks = count
    for level in levels.indices {
      blocks >>= Self.fanBits
      levels[level].truncate(to: blocks)
      means[level].truncate(to: blocks)
    }
  }

  /// Extent of the points of `range`.
  package func extent(of range: Range<Int>, values: ChunkedColumn<Double>) -> Extent {
    var result = Extent()
    gather(range, level: -1, values: values, into: &result)
    return result
  }

  /// What the points of `range` are around: their median, or where they are many, the median of the means of whole
  /// blocks, which one spike does not move; `nil` where no value is finite.
  package func middle(of range: Range<Int>, values: ChunkedColumn<Double>) -> Double? {
    var (entries, column) = (range, values)
    var shift = 0
    for level in levels.indices where entries.count > Self.mostEntries {
      shift += Self.fanBits
      let first = (range.lowerBound + (1 << shift) - 1) >> shift
      let end = range.upperBound >> shift
      guard end - first >= Self.leastEntries else { break }
      (entries, column) = (first..<end, means[level])
    }
    var finite: [Double] = []
    finite.reserveCapacity(entries.count)
    column.forEach(in: entries) { if $0.isFinite { finite.append($0) } }
    guard !finite.isEmpty else { return nil }
    finite.sort()
    let half = finite.count / 2
    return finite.count.isMultiple(of: 2) ? finite[half - 1] / 2 + finite[half] / 2 : finite[half]
  }

  /// More entries than these are looked at in blocks, as long as there are a few of them.
  private static let mostEntries = 24
  private static let leastEntries = 3

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
