package import Curves
internal import RunLog

/// Index of a series in its run's `series`; stable for the life of the run.
package typealias SeriesID = Int

/// The points of one key, in the order of their steps.
package struct Series: Sendable {
  /// The key, nested ones joined with `/`, as the log or the native `eval/` prefix spells it.
  package let name: String
  /// The key taken apart.
  package let key: MetricKey
  /// What the key means, where that is known.
  package private(set) var role: MetricRole?
  /// The branch the run is on now.
  package private(set) var current = SeriesBranch()
  /// What restarts replaced, oldest first; only the last ones of very many.
  package private(set) var abandoned: [SeriesBranch] = []
  /// True once a point came that had not been there when the source was first read to its end.
  private(set) var hasGrown = false
  /// Rows of the run before each of them was left.
  private var abandonedAfterRows: [Int] = []

  /// A chart draws every branch: a log that goes back all the time must not make it slow.
  static let keptBranches = 64

  init(name: String) {
    self.name = name
    key = MetricKey(name)
    role = MetricRole(key)
  }

  package var count: Int { current.count }

  /// Takes back what the key alone seemed to mean.
  mutating func withdrawRole() { role = nil }

  /// Records of a batch that have the same keys and phase, one after the other.
  struct Records {
    var range: Range<Int>
    /// Row of the first one.
    var firstRow: Int
    /// Their first and last step, where each is above the one before.
    var risingSteps: ClosedRange<Int>?
    /// The source had been read to its end before.
    var isGrowth: Bool
  }

  /// Adds one number of each of several records; equal steps keep all, the last one is the value.
  ///
  /// - Parameter number: place of the first record's number in the batch.
  /// - Returns: `false` where `settle` has to follow: some came behind later ones.
  mutating func append(_ number: Int, of batch: RecordBatch, records: Records) -> Bool {
    guard let last = records.range.last else { return true }
    if records.isGrowth { hasGrown = true }
    let stride = batch.records[last].numbers.count
    if let steps = records.risingSteps, steps.lowerBound > current.lastStep {
      current.add(
        batch.numbers, from: number, stride: stride,
        rows: records.firstRow..<records.firstRow + records.range.count, lastStep: steps.upperBound)
      return true
    }
    var isInOrder = true
    var place = number
    for index in records.range {
      let row = records.firstRow + index - records.range.lowerBound
      if current.add(batch.numbers[place], row: row, step: batch.records[index].step) { isInOrder = false }
      place += stride
    }
    return isInOrder
  }

  /// Has these points and no others.
  mutating func replacePoints(_ points: [(value: Double, row: Int, step: Int)], rows: RowTable) {
    current = SeriesBranch()
    for point in points.sorted(by: { $0.row < $1.row }) {
      _ = current.add(point.value, row: point.row, step: point.step)
    }
    current.settle(rows: rows)
  }

  /// Puts points that came out of order to their places.
  mutating func settle(rows: RowTable) { current.settle(rows: rows) }

  /// Moves every point from `step` on that came before a row to an abandoned branch.
  mutating func restart(at step: Int, before row: Int, rows: RowTable) {
    if let tail = current.split(from: step, before: row, rows: rows) {
      abandoned.append(tail)
      abandonedAfterRows.append(row)
    }
    if abandoned.count > Self.keptBranches {
      abandoned.removeFirst()
      abandonedAfterRows.removeFirst()
    }
  }

  /// The series as it was at a moment.
  func asOf(_ moment: RunMoment, rows: RowTable) -> Series {
    var series = self
    series.current = current.asOf(moment, rows: rows)
    let known = abandonedAfterRows.partitionPoint { $0 < moment.rows }
    series.abandoned.removeSubrange(known...)
    series.abandonedAfterRows.removeSubrange(known...)
    return series
  }
}
