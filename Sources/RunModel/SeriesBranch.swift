/// Points of one key between two restarts: values and the rows they came with, steps never decreasing.
package struct SeriesBranch: Sendable {
  private var values = ChunkedColumn<Double>()
  private var valueRows = ChunkedColumn<UInt32>()
  private var index = ExtentIndex()
  /// Step of the last point, `Int.min` before there is one.
  package private(set) var lastStep = Int.min
  /// The first value in the order of the file.
  package private(set) var firstInFile: Double?
  /// The last value in the order of the file.
  package private(set) var lastInFile: Double?

  package init() {}

  package var count: Int { values.count }

  package func value(_ index: Int) -> Double { values[index] }

  /// Row of a point in the run's `RowTable`.
  package func row(_ index: Int) -> Int { Int(valueRows[index]) }

  package func step(_ index: Int, rows: RowTable) -> Int { rows.step(row(index)) }

  /// Extent of the points of an index range.
  package func extent(of range: Range<Int>) -> Extent { index.extent(of: range, values: values) }

  /// Calls `body` with every value of an index range, in order.
  package func forEachValue(in range: Range<Int>, _ body: (Double) -> Void) {
    values.forEach(in: range, body)
  }

  /// Index of the first point whose step is at least `step`; `count` where there is none.
  package func lowerBound(step: Int, rows: RowTable) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = low + (high - low) / 2
      if self.step(middle, rows: rows) < step { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Index behind the last point whose step is at most `step`.
  package func upperBound(step: Int, rows: RowTable) -> Int {
    step == .max ? count : lowerBound(step: step + 1, rows: rows)
  }

  /// Adds a point at the place of its step, behind the points of the same step.
  mutating func insert(_ value: Double, row: Int, step: Int, rows: RowTable) {
    if firstInFile == nil { firstInFile = value }
    if step >= lastStep {
      append(value, row: row, step: step)
    } else {
      // A key that records of both phases carry can come out of order without going back.
      let later = split(from: step + 1, rows: rows)
      append(value, row: row, step: step)
      if let later { append(contentsOf: later, rows: rows) }
    }
    lastInFile = value
  }

  /// Takes every point from `step` on off this branch; `nil` where there is none.
  mutating func split(from step: Int, rows: RowTable) -> SeriesBranch? {
    guard step <= lastStep else { return nil }
    let start = lowerBound(step: step, rows: rows)
    var tail = SeriesBranch()
    for index in start..<count {
      tail.append(value(index), row: row(index), step: self.step(index, rows: rows))
    }
    tail.firstInFile = tail.value(0)
    tail.lastInFile = lastInFile
    truncate(to: start, rows: rows)
    return tail
  }

  private mutating func append(contentsOf branch: SeriesBranch, rows: RowTable) {
    for index in 0..<branch.count {
      append(branch.value(index), row: branch.row(index), step: branch.step(index, rows: rows))
    }
  }

  private mutating func truncate(to newCount: Int, rows: RowTable) {
    values.truncate(to: newCount)
    valueRows.truncate(to: newCount)
    index.truncate(to: newCount)
    lastInFile = newCount > 0 ? value(newCount - 1) : nil
    lastStep = newCount > 0 ? step(newCount - 1, rows: rows) : .min
    if newCount == 0 { firstInFile = nil }
  }

  private mutating func append(_ value: Double, row: Int, step: Int) {
    lastStep = step
    values.append(value)
    valueRows.append(UInt32(truncatingIfNeeded: row))
    index.noteAppended(to: values)
  }
}
