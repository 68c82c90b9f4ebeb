/// What sampled tokens and top-k lists say about the divergence of one step, for one phase and set.
package struct StepEstimates: Sendable {
  package let step: Int
  /// Over all tokens of the step; `nil` where none were sampled.
  package private(set) var tokens: TokenEvidence?
  /// Over all rows of the step; `nil` where there are no top-k lists.
  package private(set) var bounds: BoundEvidence?

  /// The KL that stands in the same records, nats; `nil` where there is none.
  package private(set) var logged: Double?

  /// Row of its first and of its last record in the run's `RowTable`.
  private(set) var rows: ClosedRange<Int>
  private var tokensOfSamples = NamedSamples<TokenEvidence>()
  private var boundsOfSamples = NamedSamples<BoundEvidence>()
  private var loggedOfRows: [(row: Int, value: Double)] = []

  init(step: Int, row: Int) {
    self.step = step
    rows = row...row
  }

  /// Adds what a record brings.
  ///
  /// - Parameter logged: the KL that stands in the record; of several the later one stands.
  mutating func add(_ tokens: TokenEvidence?, _ bounds: BoundEvidence?, logged value: Double?, row: Int) {
    rows = min(rows.lowerBound, row)...max(rows.upperBound, row)
    if let tokens { add(tokens, row: row) }
    if let bounds { add(bounds, row: row) }
    if let value {
      logged = value
      loggedOfRows.append((row, value))
    }
  }

  /// The step as the records before a row gave it, and as those since then did; `nil` where there is none.
  func split(atRow row: Int) -> (before: StepEstimates?, since: StepEstimates?) {
    if rows.upperBound < row { return (self, nil) }
    if rows.lowerBound >= row { return (nil, self) }
    return (part(rows.lowerBound..<row), part(row..<rows.upperBound + 1))
  }

  private func part(_ rows: Range<Int>) -> StepEstimates? {
    let tokens = tokensOfSamples.given(in: rows)
    let bounds = boundsOfSamples.given(in: rows)
    guard let first = (tokens.map(\.row) + bounds.map(\.row)).min() else { return nil }
    var part = StepEstimates(step: step, row: first)
    for given in tokens { part.add(given.value, nil, logged: nil, row: given.row) }
    for given in bounds { part.add(nil, given.value, logged: nil, row: given.row) }
    for said in loggedOfRows where rows.contains(said.row) {
      part.add(nil, nil, logged: said.value, row: said.row)
    }
    return part
  }

  /// Adds a sample; one that is here already is replaced.
  private mutating func add(_ measured: TokenEvidence, row: Int) {
    let isNew = tokensOfSamples.place(measured, name: measured.sample, row: row)
    if !isNew { tokens = nil }
    for sample in isNew ? [measured] : tokensOfSamples.values {
      var all = tokens ?? TokenEvidence(sample: nil, sampledFrom: nil)
      all.merge(sample)
      tokens = all
    }
  }

  /// Adds a sample; one that is here already is replaced.
  private mutating func add(_ measured: BoundEvidence, row: Int) {
    let isNew = boundsOfSamples.place(measured, name: measured.sample, row: row)
    if !isNew { bounds = nil }
    for sample in isNew ? [measured] : boundsOfSamples.values {
      var all = bounds ?? BoundEvidence(sample: nil)
      all.merge(sample)
      bounds = all
    }
  }
}

/// What the samples of one step came to, each name once.
private struct NamedSamples<Value: Sendable>: Sendable {
  private(set) var values: [Value] = []
  /// Row of each value.
  private var rows: [Int] = []
  private var places: [String: Int] = [:]
  /// Values that later rows took the place of: a restart may make them those of an old branch.
  private var replaced: [(value: Value, row: Int, successor: Int)] = []

  /// Adds a value or replaces the one of the same name; true where it was added.
  mutating func place(_ value: Value, name: String?, row: Int) -> Bool {
    if let name, let place = places[name] {
      replaced.append((values[place], rows[place], row))
      values[place] = value
      rows[place] = row
      return false
    }
    if let name { places[name] = values.count }
    values.append(value)
    rows.append(row)
    return true
  }

  /// The values that some rows gave, in the order of the file.
  func given(in rows: Range<Int>) -> [(value: Value, row: Int)] {
    let former = replaced.filter { rows.contains($0.row) && !rows.contains($0.successor) }
      .map { (value: $0.value, row: $0.row) }
    let standing = self.rows.indices.filter { rows.contains(self.rows[$0]) }
      .map { (value: values[$0], row: self.rows[$0]) }
    return (former + standing).sorted { $0.row < $1.row }
  }
}
