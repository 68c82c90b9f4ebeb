/// Step and time of every record, shared by all series.
package struct RowTable: Sendable {
  private var steps = ChunkedColumn<Int>()
  /// Times from the first row on that has one: many logs have none.
  private var times = ChunkedColumn<Double>()
  private var firstTimedRow = Int.max
  /// Rows about a step before one that was already reached, such as late evaluations: ranges in order.
  private var late: [Range<Int>] = []
  /// Rows that no record is about.
  private var aside: Set<Int> = []
  /// Highest step of the branch that the last row is on.
  private var highest = Int.min

  package init() {}

  package var count: Int { steps.count }

  /// True once a record had a time.
  package var hasTimes: Bool { firstTimedRow < count }

  package func step(_ row: Int) -> Int { steps[row] }

  /// Seconds since 1970, NaN where the record had no time.
  package func time(_ row: Int) -> Double { row < firstTimedRow ? .nan : times[row - firstTimedRow] }

  package mutating func append(step: Int, time: Double) {
    noteOrder(of: step, row: count)
    if time.isFinite { firstTimedRow = min(firstTimedRow, count) }
    steps.append(step)
    note(time)
  }

  /// Begins a branch with a row that may have come already: what was late for the old branch may be in order for it.
  package mutating func restart(at step: Int, row: Int) {
    dropLate(from: row)
    highest = min(highest, step)
    for row in row..<max(row, count) {
      if aside.contains(row) { noteLate(row) } else { noteOrder(of: self.step(row), row: row) }
    }
  }

  private mutating func note(_ time: Double) {
    if firstTimedRow < .max { times.append(time) }
  }

  private mutating func noteOrder(of step: Int, row: Int) {
    if step < highest { noteLate(row) } else { highest = step }
  }

  private mutating func dropLate(from row: Int) {
    while let last = late.last, last.upperBound > row {
      late.removeLast()
      if last.lowerBound < row { late.append(last.lowerBound..<row) }
    }
  }
  /// Adds a row that no record is about: which step the run has reached does not depend on it.
  package mutating func appendAside(step: Int) {
    noteLate(count)
    aside.insert(count)
    steps.append(step)
    note(.nan)
  }

  /// Forgets every row from `count` on.
  package mutating func truncate(to count: Int) {
    steps.truncate(to: count)
    if firstTimedRow >= count {
      firstTimedRow = .max
      times = ChunkedColumn()
    } else {
      times.truncate(to: count - firstTimedRow)
    }
    dropLate(from: count)
    if aside.contains(where: { $0 >= count }) { aside = aside.filter { $0 < count } }
    highest = highestStep(before: count, since: 0) ?? .min
  }

  private mutating func noteLate(_ row: Int) {
    if let last = late.last, last.upperBound == row {
      late[late.count - 1] = last.lowerBound..<row + 1
    } else {
      late.append(row..<row + 1)
    }
  }
}

// MARK: - Looking back

extension RowTable {
  /// The highest step of rows `start` … `end` − 1, which are on one branch; `nil` where none of them is in order.
  package func highestStep(before end: Int, since start: Int) -> Int? {
    var row = end - 1
    let place = late.partitionPoint { $0.lowerBound <= row }
    if place > 0, late[place - 1].contains(row) { row = late[place - 1].lowerBound - 1 }
    return row >= start && row >= 0 ? step(row) : nil
  }

  /// The first of the rows from `start` on, which are on one branch, that is about a step behind `step`; `count` where
  /// there is none.
  package func firstRow(beyond step: Int, since start: Int) -> Int {
    (start..<max(start, count)).firstIndex(fromWhich: {
      (highestStep(before: $0 + 1, since: start) ?? .min) > step
    })
  }

  /// True where a row from `row` on came late.
  func hasLateRows(from row: Int) -> Bool { late.last.map { $0.upperBound > row } ?? false }
}
