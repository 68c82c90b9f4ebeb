/// The divergence of one step over the rows of one phase and set.
package struct StepDivergence: Sendable {
  package let step: Int
  /// Every sample measured at this step, in the order it first came.
  package private(set) var samples: [MeasuredSample] = []
  /// Counted rows, NaN rows among them.
  package private(set) var rows = 0
  package private(set) var nanRows = 0
  /// D(π_θ‖π_θ0) over all counted rows, nats.
  package private(set) var policyReference: DivergenceFigures
  /// D(π_θ0‖π_θ) over all counted rows, nats.
  package private(set) var referencePolicy: DivergenceFigures
  /// Mean entropy of each model over the rows, nats.
  package private(set) var policyEntropy = Double.nan
  package private(set) var referenceEntropy = Double.nan
  /// Fraction of rows whose likeliest entry is the same in both models, 0…1.
  package private(set) var sameTop1 = Double.nan
  /// Rows with an entry at −∞ in exactly one of the models.
  package private(set) var maskedDifferently = 0
  /// The KL the log gives in the same records as the logits, nats; `nil` where a record has none.
  package private(set) var logged: Double?
  /// Switches of the policy in the records the logits came with: `true` when every one was measured in eval mode.
  package private(set) var policyInEvalMode = true

  /// Logged values and how many rows each is about; `nil` once a record came without one.
  private var loggedParts: [(value: Double, rows: Int)]? = []
  /// Changed since the statistics were last taken.
  private(set) var isStale = true

  init(step: Int) {
    self.step = step
    policyReference = DivergenceFigures(of: [], samples: [])
    referencePolicy = policyReference
  }


  /// Adds the samples of a record; a sample that is here already is replaced.
  mutating func add(_ measured: [MeasuredSample], logged: Double?, policyInEvalMode: Bool) {
    for sample in measured { place(sample) }
    if let logged {
      loggedParts?.append((logged, measured.reduce(0) { $0 + $1.rows.count }))
    } else {
      loggedParts = nil
    }
    if !policyInEvalMode { self.policyInEvalMode = false }
    isStale = true
  }

  private mutating func place(_ sample: MeasuredSample) {
    if case .named = sample.name, let index = samples.firstIndex(where: { $0.name == sample.name }) {
      samples[index] = sample
    } else {
      samples.append(sample)
    }
  }

  /// Takes the statistics of all rows anew, where something changed.
  mutating func refresh() {
    guard isStale else { return }
    isStale = false
    let rows = samples.flatMap(\.rows)
    let owners = samples.indices.flatMap { Array(repeating: $0, count: samples[$0].rows.count) }
    self.rows = rows.count
    nanRows = rows.count { $0.policyReference.isNaN || $0.referencePolicy.isNaN }
    policyReference = DivergenceFigures(of: rows.map(\.policyReference), samples: owners)
    referencePolicy = DivergenceFigures(of: rows.map(\.referencePolicy), samples: owners)
    let count = Double(rows.count)
    policyEntropy = rows.reduce(0) { $0 + $1.policyEntropy } / count
    referenceEntropy = rows.reduce(0) { $0 + $1.referenceEntropy } / count
    sameTop1 = Double(rows.count { $0.sameTop1 }) / count
    maskedDifferently = rows.count { $0.masksDiffer }
    logged = loggedMean()
  }

  /// Several records of one step: the mean over all their rows.
  private func loggedMean() -> Double? {
    guard let loggedParts, let first = loggedParts.first else { return nil }
    if loggedParts.count == 1 { return first.value }
    let rows = loggedParts.reduce(0) { $0 + $1.rows }
    return loggedParts.reduce(0) { $0 + $1.value * Double($1.rows) } / Double(rows)
  }

  /// Lets the pictures of its rows go.
  mutating func dropPictures() {
    for index in samples.indices { samples[index].pictures = [] }
  }

  /// Entries held for drawing, what memory is spent on.
  var pictureEntries: Int {
    samples.reduce(0) { $0 + $1.pictures.reduce(0) { $0 + $1.entries.count } }
  }
}
