internal import Curves
internal import RunLog

/// All series of a run with the rows they share.
///
/// Sources of a run may give the same quantity: each has a series of its own, and the one that is believed is shown; the
/// others wait beside it, because another one may reach further later.
///
/// Numbers are put into their series some records later than they come: records that follow each other mostly have the
/// same keys, and then each series takes its numbers of all of them at once.
package struct SeriesTable: Sendable {
  /// What one source says.
  private struct Source: Sendable {
    /// Series of each interned key.
    var ids: [SeriesID] = []
    var idSet: Set<SeriesID> = []
    /// How much its dialect says about a point.
    var richness = -1
    /// All that was there at first has been read.
    var hasCaughtUp = false
  }

  /// One for each quantity, from the source that is believed.
  private(set) var series: [Series] = []
  private(set) var rows = RowTable()
  /// The source of each shown series.
  private var owners: [Int] = []
  /// The same quantities from other sources.
  private var rivals: [SeriesID: [Int: Series]] = [:]
  private var sources: [Source] = []
  private var idsByName: [String: SeriesID] = [:]
  private var idsByQuantity: [String: SeriesID] = [:]
  /// Series with points that came out of order and wait for their place.
  private var unsettled: Set<SeriesID> = []
  /// Records of the batch whose numbers are still to be put into their series: one after the other, of one phase, with
  /// the same keys.
  private var pending = 0..<0
  /// Series that follow from rows files and stand in no log.
  private var derived: Set<SeriesID> = []
  /// A row of each step that they have a point at.
  private var derivedRows: [Int: Int] = [:]

  init() {}

  /// The series that is shown for a key of any source.
  subscript(name name: String) -> Series? { idsByName[name].map { series[$0] } }

  /// The series of an interned key, as its source has it.
  package func series(ofKey key: UInt32, source: Int) -> Series {
    series(id(ofKey: key, source: source), of: source)
  }

  func id(ofKey key: UInt32, source: Int) -> SeriesID { sources[source].ids[Int(key)] }

  private func series(_ id: SeriesID, of source: Int) -> Series {
    owners[id] == source ? series[id] : rivals[id]?[source] ?? series[id]
  }

  /// Begins with a batch: takes note of its source and its new keys.
  mutating func begin(_ batch: RecordBatch) {
    while sources.count <= batch.source { sources.append(Source()) }
    if batch.status.sources.indices.contains(batch.source) {
      sources[batch.source].richness = batch.status.sources[batch.source].richness
    }
    for name in batch.newKeys { addKey(name, of: batch.source) }
    if !batch.newKeys.isEmpty { withdrawRoles() }
  }

  /// A key may be called like what it is not, which the keys beside it tell.
  private mutating func withdrawRoles() {
    for id in series.indices {
      if isMisnamed(series[id]) { series[id].withdrawRole() }
      for (source, rival) in rivals[id] ?? [:] where isMisnamed(rival) {
        rivals[id]?[source]?.withdrawRole()
      }
    }
  }

  private func isMisnamed(_ series: Series) -> Bool { isOtherKL(series) || isAverageOfTraining(series) }

  /// Hugging Face ends a training with `train_loss`, the mean over all its steps, beside `train_runtime`; others log the
  /// loss of each step by that name.
  private func isAverageOfTraining(_ series: Series) -> Bool {
    guard series.role == .fineTuneLoss, series.name.hasSuffix("train_loss") else { return false }
    return idsByName[series.name.dropLast("loss".count) + "runtime"] != nil
  }

  private func isOtherKL(_ series: Series) -> Bool {
    guard series.role?.isKL == true else { return false }
    return klDescription(of: series.key, called: series.name).map { $0.family != .reference } ?? false
  }

  /// What a series is if it is a KL.
  func klDescription(of id: SeriesID) -> KLDescription? {
    klDescription(of: series[id].key, called: series[id].name)
  }

  private func klDescription(of key: MetricKey, called name: String) -> KLDescription? {
    // `kl` of `train/kl`, `eval_kl` or `eval/old/kl`: the other keys stand beside it, or where training logs them.
    let own = key.path
    let front = name.hasSuffix(own) ? String(name.dropLast(own.count)) : ""
    return KLDescription(key) { key in
      [front, "", "train/", "eval/", "eval_"].contains { idsByName[$0 + key] != nil }
    }
  }

  private mutating func addKey(_ name: String, of source: Int) {
    let quantity = MetricKey.acrossSources(name)
    // Two keys of one source are two quantities, however they are spelled.
    let known = [idsByName[name], sources.count > 1 ? idsByQuantity[quantity] : nil]
      .compactMap(\.self).first { !sources[source].idSet.contains($0) }
    let id = known ?? series.count
    if derived.remove(id) != nil {
      // What the log says itself is believed.
      series[id] = Series(name: name)
      owners[id] = source
    } else if known == nil {
      series.append(Series(name: name))
      owners.append(source)
    } else {
      rivals[id, default: [:]][source] = Series(name: name)
    }
    if idsByName[name] == nil || known != nil { idsByName[name] = id }
    if idsByQuantity[quantity] == nil { idsByQuantity[quantity] = id }
    sources[source].ids.append(id)
    sources[source].idSet.insert(id)
  }

  /// Takes a record's numbers; they are in their series after `finish`.
  mutating func append(_ index: Int, of batch: RecordBatch) {
    if let last = pending.last, !batch.sameKeys(last, index) { putPending(of: batch) }
    pending = (pending.isEmpty ? index : pending.lowerBound)..<index + 1
    rows.append(step: batch.records[index].step, time: batch.records[index].time)
  }

  /// Moves every point of the batch's source from `step` on that came before a row to abandoned branches.
  mutating func restart(at step: Int, before row: Int, of batch: RecordBatch) {
    putPending(of: batch)
    for id in sources[batch.source].ids {
      change(id, of: batch.source) { $0.restart(at: step, before: row, rows: $1) }
    }
    rows.restart(at: step, row: row)
  }

  /// Drops every point of the batch's source and keeps the keys: the same points come again at other steps.
  mutating func forgetPoints(of batch: RecordBatch) {
    putPending(of: batch)
    for id in sources[batch.source].ids {
      change(id, of: batch.source) { series, _ in series = Series(name: series.name) }
    }
    if sources.count == 1 {
      rows = RowTable()
      derivedRows = [:]
      for id in derived { series[id] = Series(name: series[id].name) }
    }
    withdrawRoles()
    unsettled.removeAll()
  }

  /// States every point of a series that follows from rows files; a log that has the key itself is believed instead.
  ///
  /// - Parameter points: in the order of their steps.
  mutating func setDerived(_ name: String, _ points: [(step: Int, value: Double)]) {
    let known = idsByName[name]
    guard known.map({ derived.contains($0) }) ?? !points.isEmpty else { return }
    addRows(of: points.map(\.step))
    let id = known ?? series.count
    if known == nil {
      series.append(Series(name: name))
      // No source has it.
      owners.append(-1)
      idsByName[name] = id
      derived.insert(id)
    }
    series[id].replacePoints(
      points.compactMap { point in derivedRows[point.step].map { (point.value, $0, point.step) } }, rows: rows
    )
  }

  /// Finds a row for each step, and adds those that no record is about.
  private mutating func addRows(of steps: [Int]) {
    var missing = Set(steps.filter { derivedRows[$0] == nil })
    var row = rows.count
    while !missing.isEmpty, row > 0 {
      row -= 1
      if missing.remove(rows.step(row)) != nil { derivedRows[rows.step(row)] = row }
    }
    for step in missing.sorted() {
      derivedRows[step] = rows.count
      rows.appendAside(step: step)
    }
  }

  /// Puts what is left of a batch to its place, and decides anew which sources are believed.
  mutating func finish(_ batch: RecordBatch) {
    putPending(of: batch)
    for id in unsettled { change(id, of: batch.source) { $0.settle(rows: $1) } }
    unsettled.removeAll()
    for index in sources.indices where batch.status.sources.indices.contains(index) {
      sources[index].hasCaughtUp = batch.status.sources[index].hasCaughtUp
    }
    for id in rivals.keys { chooseSource(of: id) }
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
    let source = batch.source
    let records = Series.Records(
      range: pending, firstRow: rows.count - pending.count, risingSteps: batch.risingSteps(of: pending),
      isGrowth: sources[source].hasCaughtUp)
    for key in batch.records[first].numbers.indices {
      let id = sources[source].ids[Int(batch.numberKeys[key])]
      let isInOrder =
        owners[id] == source
        ? series[id].append(key, of: batch, records: records)
        : rivals[id]?[source]?.append(key, of: batch, records: records) ?? true
      if !isInOrder { unsettled.insert(id) }
    }
    pending = 0..<0
  }

  private mutating func change(_ id: SeriesID, of source: Int, _ body: (inout Series, RowTable) -> Void) {
    if owners[id] == source {
      body(&series[id], rows)
    } else if rivals[id]?[source] != nil {
      body(&rivals[id, default: [:]][source, default: Series(name: "")], rows)
    }
  }

  private mutating func chooseSource(of id: SeriesID) {
    let shown = SourcePrecedence(series[id], richness: sources[owners[id]].richness)
    let rival = rivals[id]?
      .map { (source: $0, precedence: SourcePrecedence($1, richness: sources[$0].richness)) }
      .max { ($0.precedence, -$0.source) < ($1.precedence, -$1.source) }
    guard let rival, shown < rival.precedence, let better = rivals[id]?.removeValue(forKey: rival.source)
    else { return }
    rivals[id]?[owners[id]] = series[id]
    series[id] = better
    owners[id] = rival.source
  }
}

// MARK: - Sources

extension SeriesTable {
  /// True where several sources have keys.
  package var hasSeveralSources: Bool { sources.count { !$0.ids.isEmpty } > 1 }

  /// True once a source was read to its end: what comes now is new.
  func hasCaughtUp(_ source: Int) -> Bool { sources[source].hasCaughtUp }

  /// True where only a series that is not shown has this name.
  func isHidden(_ name: String) -> Bool {
    guard let id = idsByName[name] else { return false }
    return series[id].name != name && rivals[id]?.values.contains { $0.name == name } == true
  }

  /// Keys with points of a source that another one gives better, in the order they were first seen.
  func hiddenKeys(of source: Int) -> [String] {
    guard sources.indices.contains(source) else { return [] }
    return sources[source].ids.compactMap { id in
      guard owners[id] != source, let series = rivals[id]?[source], series.count > 0 else { return nil }
      return series.name
    }
  }

  /// True where a key is one of a source's.
  func hasKey(_ name: String, source: Int) -> Bool {
    sources[source].ids.contains { series($0, of: source).name == name }
  }
}

extension RecordBatch {
  /// First and last step of some records where each is above the one before; `nil` where one is not.
  fileprivate func risingSteps(of range: Range<Int>) -> ClosedRange<Int>? {
    for index in range.dropFirst() where records[index].step <= records[index - 1].step { return nil }
    return range.isEmpty ? nil : records[range.lowerBound].step...records[range.upperBound - 1].step
  }

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
