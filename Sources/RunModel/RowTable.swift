/// Step and time of every record, shared by all series.
package struct RowTable: Sendable {
  private var steps = ChunkedColumn<Int>()
  private var times = ChunkedColumn<Double>()
  /// True once a record had a time.
  private(set) var hasTimes = false

  package init() {}

  package var count: Int { steps.count }

  package func step(_ row: Int) -> Int { steps[row] }

  /// Seconds since 1970, NaN where the record had no time.
  package func time(_ row: Int) -> Double { times[row] }

  mutating func append(step: Int, time: Double) {
    steps.append(step)
    times.append(time)
    if time.isFinite { hasTimes = true }
  }

  /// Forgets every row from `count` on.
  mutating func truncate(to count: Int) {
    steps.truncate(to: count)
    times.truncate(to: count)
  }
}
