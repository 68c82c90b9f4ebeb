package import Curves
internal import RunLog

/// Index of a series in its run's `series`; stable for the life of the run.
package typealias SeriesID = Int

/// The points of one key, in the order of their steps.
package struct Series: Sendable {
  /// The key, nested ones joined with `/`, as the log or the native `eval/` prefix spells it.
  package let name: String
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

  /// Last step of this key for records of phase train and eval: what a restart is measured against.
  private var lastSteps: (train: Int?, eval: Int?) = (nil, nil)

  init(name: String) {
    self.name = name
    self.role = MetricRole(key: name)
  }

  package var count: Int { current.count }

  /// Takes back what the key alone seemed to mean.
  mutating func withdrawRole() { role = nil }

  /// True where a record of `phase` at `step` would go back before this key's last point.
  func goesBack(to step: Int, phase: Phase) -> Bool {
    let last = phase == .train ? lastSteps.train : lastSteps.eval
    return last.map { step < $0 } ?? false
  }

  /// Adds one number of each of several records that have the same keys and phase, one after the other; equal steps
  /// keep all, the last one is the value.
  ///
  /// - Parameters:
  ///   - number: place of the first record's number in the batch.
  ///   - firstRow: row of the first record.
  ///   - isGrowth: the source had been read to its end before.
  /// - Returns: `false` where `settle` has to follow: records of both phases carry this key, and not in order.
  mutating func append(
    _ number: Int, of batch: RecordBatch, records: Range<Int>, firstRow: Int, isGrowth: Bool
  ) -> Bool {
    guard let last = records.last else { return true }
    if isGrowth { hasGrown = true }
    let stride = batch.records[last].numbers.count
    var isInOrder = true
    var place = number
    for index in records {
      let row = firstRow + index - records.lowerBound
      if current.add(batch.numbers[place], row: row, step: batch.records[index].step) { isInOrder = false }
      place += stride
    }
    switch batch.records[last].phase {
    case .train: lastSteps.train = batch.records[last].step
    case .eval: lastSteps.eval = batch.records[last].step
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

  /// Moves every point from `step` on to an abandoned branch.
  mutating func restart(at step: Int, rows: RowTable) {
    if let tail = current.split(from: step, rows: rows) {
      abandoned.append(tail)
      abandonedAfterRows.append(rows.count)
    }
    if abandoned.count > Self.keptBranches {
      abandoned.removeFirst()
      abandonedAfterRows.removeFirst()
    }
    let last = current.count > 0 ? current.lastStep : nil
    lastSteps.train = lastSteps.train.flatMap { Self.lower($0, last) }
    lastSteps.eval = lastSteps.eval.flatMap { Self.lower($0, last) }
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

  private static func lower(_ step: Int, _ bound: Int?) -> Int? { bound.map { min($0, step) } }
}
