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
  /// Entries held for drawing, what memory is spent on.
  private(set) var pictureEntries = 0

  /// The KL logged in the record of each sample.
  private var loggedBySample: [Double?] = []
  private var places: [String: Int] = [:]
  /// Rows that came since the statistics were last taken.
  private var newRows = 0
  private(set) var isStale = true

  /// Rows of a step with more pictures than this are drawn without.
  private static let mostPictureEntries = 500_000

  init(step: Int) {
    self.step = step
    policyReference = DivergenceFigures(of: [], samples: [])
    referencePolicy = policyReference
  }

  /// Adds the samples of a record; a sample that is here already is replaced, unless from a better source.
  mutating func add(_ measured: [MeasuredSample], logged: Double?, policyInEvalMode: Bool) {
    let new = measured.filter { !isKnownBetter($0) }
    guard measured.isEmpty || !new.isEmpty else { return }
    if let origin = new.first?.origin { removeUnnamed(worseThan: origin, for: new) }
    for sample in new { place(sample, logged: logged) }
    if !policyInEvalMode { self.policyInEvalMode = false }
    isStale = true
  }

  /// True where the sample is here from a better source; rows without a name count as one sample.
  private func isKnownBetter(_ sample: MeasuredSample) -> Bool {
    if case .named(let name) = sample.name {
      return places[name].map { samples[$0].origin.rawValue < sample.origin.rawValue } ?? false
    }
    return samples.contains { !$0.isNamed && $0.origin.rawValue < sample.origin.rawValue }
  }

  /// Rows without a name from a worse source make room for new ones.
  private mutating func removeUnnamed(worseThan origin: SampleOrigin, for new: [MeasuredSample]) {
    guard new.contains(where: { !$0.isNamed }) else { return }
    let kept = samples.indices.filter {
      samples[$0].isNamed || samples[$0].origin.rawValue <= origin.rawValue
    }
    guard kept.count < samples.count else { return }
    samples = kept.map { samples[$0] }
    loggedBySample = kept.map { loggedBySample[$0] }
    pictureEntries = samples.reduce(0) { $0 + $1.pictureEntries }
    places = [:]
    for (place, sample) in samples.enumerated() {
      if case .named(let name) = sample.name { places[name] = place }
    }
  }

  private mutating func place(_ sample: MeasuredSample, logged: Double?) {
    var sample = sample
    if pictureEntries > Self.mostPictureEntries { sample.pictures = [] }
    pictureEntries += sample.pictureEntries
    newRows += sample.rows.count
    if case .named(let name) = sample.name {
      if let place = places[name] {
        pictureEntries -= samples[place].pictureEntries
        samples[place] = sample
        loggedBySample[place] = logged
        return
      }
      places[name] = samples.count
    }
    samples.append(sample)
    loggedBySample.append(logged)
  }

  /// True where enough rows are new that taking the statistics of all again costs little for each of them.
  var isWorthRefreshing: Bool { isStale && newRows * 4 >= rows }

  /// Takes the statistics of all rows anew.
  mutating func refresh() {
    isStale = false
    newRows = 0
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
    let parts = loggedBySample.compactMap(\.self)
    guard parts.count == loggedBySample.count, let first = parts.first else { return nil }
    if parts.allSatisfy({ $0 == first }) { return first }
    let weights = samples.map { Double($0.rows.count) }
    return zip(parts, weights).reduce(0) { $0 + $1.0 * $1.1 } / weights.reduce(0, +)
  }

  /// Lets the pictures of its rows go.
  mutating func dropPictures() {
    for index in samples.indices { samples[index].pictures = [] }
    pictureEntries = 0
  }
}

extension MeasuredSample {
  fileprivate var isNamed: Bool {
    if case .named = name { true } else { false }
  }

  /// Entries held for drawing; every picture counts as some more, for what surrounds its entries.
  var pictureEntries: Int { pictures.reduce(0) { $0 + $1.entries.count + RowPicture.overhead } }
}
