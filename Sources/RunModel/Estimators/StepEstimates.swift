/// What sampled tokens and top-k lists say about the divergence of one step, for one phase and set.
package struct StepEstimates: Sendable {
  package let step: Int
  /// Row of its first record in the run's `RowTable`.
  let row: Int
  /// Over all tokens of the step; `nil` where none were sampled.
  package private(set) var tokens: MeasuredTokens?
  /// Over all rows of the step; `nil` where there are no top-k lists.
  package private(set) var bounds: MeasuredBounds?

  /// The KL that stands in the same records, nats; `nil` where there is none.
  package private(set) var logged: Double?

  private var tokensOfSamples = NamedSamples<MeasuredTokens>()
  private var boundsOfSamples = NamedSamples<MeasuredBounds>()

  init(step: Int, row: Int) {
    self.step = step
    self.row = row
  }

  /// Notes the KL of a record; of several the later one stands.
  mutating func note(logged value: Double?) { logged = value ?? logged }

  /// Adds a sample; one that is here already is replaced.
  mutating func add(_ measured: MeasuredTokens) {
    let isNew = tokensOfSamples.place(measured, name: measured.sample)
    if !isNew { tokens = nil }
    for sample in isNew ? [measured] : tokensOfSamples.values {
      var all = tokens ?? MeasuredTokens(sample: nil, sampledFrom: nil)
      all.merge(sample)
      tokens = all
    }
  }

  /// Adds a sample; one that is here already is replaced.
  mutating func add(_ measured: MeasuredBounds) {
    let isNew = boundsOfSamples.place(measured, name: measured.sample)
    if !isNew { bounds = nil }
    for sample in isNew ? [measured] : boundsOfSamples.values {
      var all = bounds ?? MeasuredBounds(sample: nil)
      all.merge(sample)
      bounds = all
    }
  }
}

/// What the samples of one step came to, each name once.
private struct NamedSamples<Value: Sendable>: Sendable {
  private(set) var values: [Value] = []
  private var places: [String: Int] = [:]

  /// Adds a value or replaces the one of the same name; true where it was added.
  mutating func place(_ value: Value, name: String?) -> Bool {
    if let name, let place = places[name] {
      values[place] = value
      return false
    }
    if let name { places[name] = values.count }
    values.append(value)
    return true
  }
}
