/// Points of one key between two restarts: values and the rows they came with, steps never decreasing.
package struct SeriesBranch: Sendable {
  private var values = ChunkedColumn<Double>()
  private var valueRows = ChunkedColumn<UInt32>()
  private var index = ExtentIndex()
  /// Points that came behind later ones and wait for their place.
  private var late: [LatePoint] = []
  /// Step of the last point, `Int.min` before there is one.
  package private(set) var lastStep = Int.min
  /// Rows of points that came behind later ones, rising: the order of the file is not that of the steps.
  private var lateRows = ContiguousArray<UInt32>()

  /// Rows of points that have another value than the one before them at the same step, in the order of the points.
  private var repeatedRows = ContiguousArray<UInt32>()

  private struct LatePoint {
    var value: Double
    var row: Int
    var step: Int
  }

  package init() {}

  package var count: Int { values.count }

  /// Points that have another value than the one before them at the same step.
  package var repeatedSteps: Int { repeatedRows.count }

  /// The value of the lowest step; `nil` where there is no point.
  package var firstValue: Double? { count > 0 ? values[0] : nil }

  /// The value of the highest step; `nil` where there is no point.
  package var lastValue: Double? { count > 0 ? values[count - 1] : nil }

  package func value(_ index: Int) -> Double { values[index] }

  /// Row of a point in the run's `RowTable`.
  package func row(_ index: Int) -> Int { Int(valueRows[index]) }

  package func step(_ index: Int, rows: RowTable) -> Int { rows.step(row(index)) }

  /// Extent of the points of an index range.
  package func extent(of range: Range<Int>) -> Extent { index.extent(of: range, values: values) }

  /// What the points of an index range are around; see `ExtentIndex.middle(of:values:)`.
  package func middle(of range: Range<Int>) -> Double? { index.middle(of: range, values: values) }

  /// Calls `body` with arrays that hold the values of an index range, and their places in them, in order.
  func forEachChunk(in range: Range<Int>, _ body: (ContiguousArray<Double>, Range<Int>) -> Void) {
    values.forEachChunk(in: range, body)
  }

  /// Calls `body` with every value of an index range, in order.
  package func forEachValue(in range: Range<Int>, _ body: (Double) -> Void) {
    values.forEach(in: range, body)
  }

  /// Index of the first point whose step is at least `step`; `count` where there is none.
  package func lowerBound(step: Int, rows: RowTable) -> Int {
    (0..<count).firstIndex(fromWhich: { self.step($0, rows: rows) >= step })
  }

  /// Index behind the last point whose step is at most `step`.
  ///
  /// - Parameter guess: where that may be, if anybody knows.
  package func upperBound(step: Int, rows: RowTable, near guess: Int? = nil) -> Int {
    guard let guess else { return (0..<count).firstIndex(fromWhich: { self.step($0, rows: rows) > step }) }
    return (0..<count).firstIndex(near: guess, fromWhich: { self.step($0, rows: rows) > step })
  }

  /// Index of the first point of an index range that has the range's smallest or largest finite value; `nil` where no
  /// value is finite.
  package func firstPlace(of end: ExtentEnd, in range: Range<Int>) -> Int? {
    let whole = extent(of: range)
    guard whole.hasFinite else { return nil }
    var (low, high) = (range.lowerBound, range.upperBound)
    // The first half that reaches as far as the whole has the first such point.
    while high - low > 1 {
      let middle = low + (high - low) / 2
      let half = extent(of: low..<middle)
      if half.hasFinite, half[end] == whole[end] { high = middle } else { low = middle }
    }
    return low
  }

  /// Adds a point; one whose step is lower than the last one's has its place only after `settle`.
  ///
  /// - Returns: whether the point waits.
  package mutating func add(_ value: Double, row: Int, step: Int) -> Bool {
    guard step < lastStep else {
      append(value, row: row, step: step)
      return false
    }
    lateRows.append(UInt32(truncatingIfNeeded: row))
    late.append(LatePoint(value: value, row: row, step: step))
    return true
  }

  /// Adds a point for each of many rows that follow each other, whose steps rise, the first above the last step here.
  ///
  /// - Parameters:
  ///   - stride: distance of two values of this series in `numbers`, of which `first` is the first.
  ///   - lastStep: that of the last row.
  package mutating func add(
    _ numbers: ContiguousArray<Double>, from first: Int, stride: Int, rows: Range<Int>, lastStep: Int
  ) {
    guard !rows.isEmpty else { return }
    self.lastStep = lastStep
    values.append(count: rows.count) { numbers[first + $0 * stride] }
    valueRows.append(count: rows.count) { UInt32(truncatingIfNeeded: rows.lowerBound + $0) }
    index.noteAppended(rows.count, to: values)
  }

  /// Puts the points that wait to their places, behind the points of the same step.
  package mutating func settle(rows: RowTable) {
    let points = late.enumerated().sorted { ($0.element.step, $0.offset) < ($1.element.step, $1.offset) }.map(
      \.element)
    late = []
    guard let lowest = points.first else { return }
    // Points wait only behind a later one, so there is a tail and nothing here overflows.
    let tail = removeTail(from: lowest.step + 1, rows: rows)
    var taken = 0
    for point in points {
      while taken < tail.count, tail.step(taken, rows: rows) <= point.step {
        append(tail, taken, rows: rows)
        taken += 1
      }
      append(point.value, row: point.row, step: point.step)
    }
    for index in taken..<tail.count { append(tail, index, rows: rows) }
  }

  private var isMixed: Bool { !lateRows.isEmpty }

  /// Takes every point from `step` on off this branch that came before a row; `nil` where there is none.
  package mutating func split(from step: Int, before row: Int = .max, rows: RowTable) -> SeriesBranch? {
    settle(rows: rows)
    guard step <= lastStep else { return nil }
    let tail = removeTail(from: step, rows: rows)
    var old = SeriesBranch()
    lateRows.removeAll { $0 >= row }
    old.lateRows = lateRows
    var latest = -1
    for index in 0..<tail.count {
      if tail.row(index) < row {
        old.append(tail, index, rows: rows)
      } else {
        if tail.row(index) < latest { lateRows.append(UInt32(truncatingIfNeeded: tail.row(index))) }
        latest = max(latest, tail.row(index))
        append(tail, index, rows: rows)
      }
    }
    lateRows.sort()
    return old.count > 0 ? old : nil
  }

  /// The points that were there at a moment; this branch is the one the run was on then, or it had been left before.
  package func asOf(_ moment: RunMoment, rows: RowTable) -> SeriesBranch {
    let end = upperBound(step: moment.step, rows: rows)
    // Without late points rows grow with the steps.
    let known = (0..<end).firstIndex(fromWhich: { row($0) >= moment.rows })
    let isOrdered = !isMixed || !rows.hasLateRows(from: moment.rows)
    var branch = self
    if isOrdered {
      branch.truncate(to: known, rows: rows)
    } else {
      let start = (0..<end).first { row($0) >= moment.rows } ?? end
      branch.truncate(to: start, rows: rows)
      for index in start..<end where row(index) < moment.rows { branch.append(self, index, rows: rows) }
    }
    if !repeatedRows.isEmpty { branch.forgetRepeats(isOrdered: !isMixed, rows: rows) }
    return branch
  }

  /// Drops the repeats of points that are not there any more.
  private mutating func forgetRepeats(isOrdered: Bool, rows: RowTable) {
    guard count > 0 else { return repeatedRows = [] }
    guard !isOrdered else {
      let last = valueRows[count - 1]
      return repeatedRows.removeLast(repeatedRows.count - repeatedRows.partitionPoint { $0 <= last })
    }
    repeatedRows = []
    for index in 1..<max(1, count) where step(index, rows: rows) == step(index - 1, rows: rows) {
      let (before, value) = (values[index - 1], values[index])
      if before != value, !(before.isNaN && value.isNaN) { repeatedRows.append(valueRows[index]) }
    }
  }

  private mutating func removeTail(from step: Int, rows: RowTable) -> SeriesBranch {
    let start = lowerBound(step: step, rows: rows)
    var tail = SeriesBranch()
    for index in start..<count { tail.append(self, index, rows: rows) }
    repeatedRows.removeLast(min(repeatedRows.count, tail.repeatedRows.count))
    truncate(to: start, rows: rows)
    return tail
  }

  private mutating func truncate(to count: Int, rows: RowTable) {
    values.truncate(to: count)
    valueRows.truncate(to: count)
    index.truncate(to: count)
    lastStep = count > 0 ? self.step(count - 1, rows: rows) : .min
  }

  private mutating func append(_ branch: SeriesBranch, _ index: Int, rows: RowTable) {
    append(branch.value(index), row: branch.row(index), step: branch.step(index, rows: rows))
  }

  private mutating func noteRepeat(of value: Double, row: Int) {
    guard count > 0, values[count - 1] != value, !(value.isNaN && values[count - 1].isNaN) else { return }
    repeatedRows.append(UInt32(truncatingIfNeeded: row))
  }

  private mutating func append(_ value: Double, row: Int, step: Int) {
    if step == lastStep { noteRepeat(of: value, row: row) }
    lastStep = step
    values.append(value)
    valueRows.append(UInt32(truncatingIfNeeded: row))
    index.noteAppended(to: values)
  }
}
