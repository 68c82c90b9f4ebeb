internal import RunLog

/// All series of a run with the rows they share.
///
/// Numbers are put into their series some records later than they come: records that follow each other mostly have the
/// same keys, and then each series takes its numbers of all of them at once.
struct SeriesTable: Sendable {
  private(set) var series: [Series] = []
  private(set) var rows = RowTable()
  private var idsByName: [String: SeriesID] = [:]
  /// Series of each interned key of the source.
  private var idsByKey: [SeriesID] = []
  /// Series with points that came out of order and wait for their place.
  private var unsettled: Set<SeriesID> = []
  /// Records of the batch whose numbers are still to be put into their series: one after the other, of one phase, with
  /// the same keys.
  private var pending = 0..<0

  init() {}

  subscript(name name: String) -> Series? { idsByName[name].map { series[$0] } }

  /// The series of an interned key.
  func series(ofKey key: UInt32) -> Series { series[id(ofKey: key)] }

  func id(ofKey key: UInt32) -> SeriesID { idsByKey[Int(key)] }

  mutating func addKeys(_ names: [String]) {
    for name in names {
      let id = idsByName[name] ?? series.count
      if id == series.count { series.append(Series(name: name)) }
      idsByName[name] = id
      idsByKey.append(id)
    }
  }

  /// True where a record would go back before the last point of one of its own keys.
  mutating func goesBack(_ index: Int, of batch: RecordBatch) -> Bool {
    putPending(of: batch)
    let record = batch.records[index]
    return record.numbers.contains {
      series(ofKey: batch.numberKeys[$0]).goesBack(to: record.step, phase: record.phase)
    }
  }

  /// Takes a record's numbers; they are in their series after `finish`.
  mutating func append(_ index: Int, of batch: RecordBatch) {
    if let last = pending.last, !batch.sameKeys(last, index) { putPending(of: batch) }
    pending = (pending.isEmpty ? index : pending.lowerBound)..<index + 1
    rows.append(step: batch.records[index].step, time: batch.records[index].time)
  }

  /// Moves every point from `step` on to abandoned branches.
  mutating func restart(at step: Int, of batch: RecordBatch) {
    putPending(of: batch)
    for id in series.indices { series[id].restart(at: step, rows: rows) }
    rows.restart(at: step)
  }

  /// Drops every point and keeps the keys: the same points come again at other steps.
  mutating func forgetPoints(of batch: RecordBatch) {
    putPending(of: batch)
    for id in series.indices { series[id] = Series(name: series[id].name) }
    rows = RowTable()
    unsettled.removeAll()
  }

  /// Puts what is left of a batch to its place.
  mutating func finish(_ batch: RecordBatch) {
    putPending(of: batch)
    for id in unsettled { series[id].settle(rows: rows) }
    unsettled.removeAll()
  }

  /// Leaves only what was there at a moment.
  mutating func lookBack(to moment: RunMoment) {
    for id in series.indices where series[id].count > 0 || !series[id].abandoned.isEmpty {
      series[id] = series[id].asOf(moment, rows: rows)
    }
    rows.truncate(to: moment.rows)
  }

  private mutating func putPending(of batch: RecordBatch) {
    guard let first = pending.first else { return }
    let firstRow = rows.count - pending.count
    for key in batch.records[first].numbers.indices {
      let id = idsByKey[Int(batch.numberKeys[key])]
      let isInOrder = series[id].append(key, of: batch, records: pending, firstRow: firstRow)
      if !isInOrder { unsettled.insert(id) }
    }
    pending = 0..<0
  }
}

extension RecordBatch {
  /// True where the numbers of two records, the second one right behind the first, have the same keys and phase.
  fileprivate func sameKeys(_ first: Int, _ second: Int) -> Bool {
    let (left, right) = (records[first], records[second])
    guard left.phase == right.phase, left.numbers.count == right.numbers.count,
      left.numbers.upperBound == right.numbers.lowerBound, second == first + 1
    else { return false }
    for offset in 0..<left.numbers.count
    where numberKeys[left.numbers.lowerBound + offset] != numberKeys[right.numbers.lowerBound + offset] {
      return false
    }
    return true
  }
}
