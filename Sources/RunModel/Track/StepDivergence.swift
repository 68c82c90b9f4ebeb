internal import Curves
package import Divergence

/// The divergence of one step over the rows of one phase and set.
package struct StepDivergence: Sendable {
  package let step: Int
  /// Every sample measured at this step, in the order it first came.
  package private(set) var samples: [ComparedSample] = []
  /// Counted rows, NaN rows among them.
  package private(set) var rows = 0
  package private(set) var nanRows = 0
  /// D(π_θ‖π_θ0) over all counted rows, nats.
  package private(set) var policyReference: RowStatistics
  /// D(π_θ0‖π_θ) over all counted rows, nats.
  package private(set) var referencePolicy: RowStatistics
  /// Mean entropy of each model over the rows, nats.
  package private(set) var policyEntropy = Double.nan
  package private(set) var referenceEntropy = Double.nan
  /// Fraction of rows whose likeliest entry is the same in both models, 0…1.
  package private(set) var sameTop1 = Double.nan
  /// Rows with an entry at −∞ in exactly one of the models.
  package private(set) var maskedDifferently = 0
  /// Rows whose divergence is no finite number although both models mask the same entries.
  package private(set) var nonfinite = NonfiniteRows()
  /// How well both models predict the tokens; nil where no rows file tells.
  package private(set) var scores: TokenScores?
  /// The KL the log gives in the same records as the logits, nats; `nil` where a record has none.
  package private(set) var logged: Double?
  /// Switches of the policy in the records the logits came with: `true` when every one was measured in eval mode.
  package private(set) var policyInEvalMode = true
  /// Entries held for drawing, what memory is spent on.
  private(set) var pictureEntries = 0

  /// The records the samples came with.
  private var sources: [Source] = []
  /// Index into `sources` for each sample.
  private var sourceOfSample: [Int] = []
  /// Index of the first sample of each name.
  private var places: [String: Int] = [:]
  /// Names that one record gave more than once.
  private var repeatedNames: Set<String> = []
  /// Rows that came, or may have gone, since the statistics were last taken.
  private var newRows = 0
  private(set) var isStale = true
  /// Row of the last record with samples of this step; −1 where none tells.
  private(set) var lastRow = -1
  /// Rows without a name that are here, by their origin.
  private var unnamed = Array(repeating: 0, count: SampleOrigin.count)
  /// False where no sample can be drawn.
  var mayHavePictures: Bool { pictureEntries > 0 || hasRowsOfFiles }
  private var hasRowsOfFiles = false
  /// Samples that later records took the place of: a restart may make them those of an old branch.
  private var replaced: [Replaced] = []

  /// Rows of a step with more pictures than this are drawn without.
  private static let mostPictureEntries = 500_000

  /// A record with samples of this step.
  private struct Source {
    /// Its row in the run's `RowTable`; −1 where no record tells.
    var row: Int
    var logged: LoggedKL?
    var policyInEvalMode: Bool
    /// Samples that the record gave and that are not here: what it logged is about those too.
    var missing: Int
    /// The file that the samples came from; nil for those of the log.
    var file: String?
  }

  /// A sample that a record has replaced, and the sources of both.
  private struct Replaced {
    var sample: ComparedSample
    var source: Int
    var successor: Int
  }

  init(step: Int) {
    self.step = step
    policyReference = .none
    referencePolicy = policyReference
  }

  /// Adds the samples of a record; a sample that is here already is replaced, unless from a better source.
  ///
  /// - Parameters:
  ///   - file: where the samples came from a file, which replaces what it held before.
  ///   - row: of the record in the run's `RowTable`; −1 where no record tells.
  mutating func add(
    _ measured: [ComparedSample], logged: LoggedKL?, policyInEvalMode: Bool, file: String? = nil,
    row: Int = -1
  ) {
    if let file { remove(file: file) }
    let new = measured.filter { !isKnownBetter($0) }
    guard measured.isEmpty || !new.isEmpty else { return }
    if let origin = new.first?.origin { removeUnnamed(worseThan: origin, for: new) }
    removeRepeated(new)
    sources.append(
      Source(
        row: row, logged: logged, policyInEvalMode: policyInEvalMode, missing: measured.count - new.count,
        file: file))
    lastRow = max(lastRow, row)
    for sample in new { place(sample) }
    if !policyInEvalMode { self.policyInEvalMode = false }
    isStale = true
  }

  /// Takes the samples of a file away.
  mutating func remove(file: String) {
    let removed = sources.indices.filter { sources[$0].file == file }
    guard !removed.isEmpty else { return }
    keep(samples.indices.filter { !removed.contains(sourceOfSample[$0]) })
    for index in removed { sources[index].logged = nil }
    newRows += rows
    isStale = true
  }

  /// True where a record with some of its samples came later.
  func isLater(than moment: RunMoment) -> Bool { lastRow >= moment.rows }

  /// The step as it was at a moment; `nil` where no sample had come.
  ///
  /// A sample that a later record replaced is not known any more, and is left out.
  func asOf(_ moment: RunMoment) -> StepDivergence? {
    var point = StepDivergence(step: step)
    for (index, source) in sources.enumerated() where source.row < moment.rows {
      let own = samples.indices.filter { sourceOfSample[$0] == index }.map { samples[$0] }
      guard !own.isEmpty else { continue }
      point.add(
        own, logged: source.logged, policyInEvalMode: source.policyInEvalMode, file: source.file,
        row: source.row)
    }
    guard !point.samples.isEmpty else { return nil }
    point.refresh()
    return point
  }

  /// The step as the records before a row gave it, and as those since then did; `nil` where one of them has no sample.
  func split(atRow row: Int) -> (before: StepDivergence?, since: StepDivergence?) {
    if lastRow < row { return (self, nil) }
    if sources.allSatisfy({ $0.row >= row }) { return (nil, self) }
    return (part { $0.row < row }, part { $0.row >= row })
  }

  /// What some of its records gave, without pictures of samples that others have replaced.
  private func part(_ belongs: (Source) -> Bool) -> StepDivergence? {
    var point = StepDivergence(step: step)
    for (index, source) in sources.enumerated() where belongs(source) {
      let former = replaced.filter { $0.source == index && !belongs(sources[$0.successor]) }.map(\.sample)
      let own = former + samples.indices.filter { sourceOfSample[$0] == index }.map { samples[$0] }
      guard !own.isEmpty else { continue }
      point.add(
        own, logged: source.logged, policyInEvalMode: source.policyInEvalMode, file: source.file,
        row: source.row)
    }
    return point.samples.isEmpty ? nil : point
  }

  private mutating func keepReplaced(_ sample: ComparedSample, of source: Int) {
    var sample = sample
    sample.pictures = []
    replaced.append(Replaced(sample: sample, source: source, successor: sources.count - 1))
  }

  /// True where the sample is here from a better source; rows without a name count as one sample.
  private func isKnownBetter(_ sample: ComparedSample) -> Bool {
    if case .named(let name) = sample.name {
      return places[name].map { samples[$0].origin.rawValue < sample.origin.rawValue } ?? false
    }
    return unnamed[..<sample.origin.rawValue].contains { $0 > 0 }
  }

  /// Rows without a name from a worse source make room for new ones.
  private mutating func removeUnnamed(worseThan origin: SampleOrigin, for new: [ComparedSample]) {
    guard unnamed[(origin.rawValue + 1)...].contains(where: { $0 > 0 }),
      new.contains(where: { !$0.isNamed })
    else { return }
    let kept = samples.indices.filter {
      samples[$0].isNamed || samples[$0].origin.rawValue <= origin.rawValue
    }
    keep(kept)
  }

  /// Of samples that one record gave several times, the first stays for new ones to take its place.
  private mutating func removeRepeated(_ new: [ComparedSample]) {
    guard !repeatedNames.isEmpty else { return }
    let names = Set(new.compactMap(\.ownName)).intersection(repeatedNames)
    guard !names.isEmpty else { return }
    repeatedNames.subtract(names)
    keep(
      samples.indices.filter { index in
        samples[index].ownName.map { !names.contains($0) || places[$0] == index } ?? true
      })
  }

  private mutating func keep(_ kept: [Int]) {
    guard kept.count < samples.count else { return }
    let removed = Set(samples.indices).subtracting(kept)
    for index in removed {
      sources[sourceOfSample[index]].missing += 1
      if !samples[index].isNamed { unnamed[samples[index].origin.rawValue] -= 1 }
    }
    samples = kept.map { samples[$0] }
    sourceOfSample = kept.map { sourceOfSample[$0] }
    pictureEntries = samples.reduce(0) { $0 + $1.pictureEntries }
    places = [:]
    for (place, sample) in samples.enumerated() {
      if let name = sample.ownName, places[name] == nil { places[name] = place }
    }
  }

  /// Puts a sample of the last record to its place: a sample of an earlier record gives way to it, one of the same
  /// record does not.
  private mutating func place(_ sample: ComparedSample) {
    var sample = sample
    let source = sources.count - 1
    if pictureEntries > Self.mostPictureEntries { sample.pictures = [] }
    pictureEntries += sample.pictureEntries
    newRows += sample.rows.count
    if sample.rows.file != nil { hasRowsOfFiles = true }
    if let name = sample.ownName {
      if let place = places[name] {
        if sourceOfSample[place] < source {
          pictureEntries -= samples[place].pictureEntries
          sources[sourceOfSample[place]].missing += 1
          keepReplaced(samples[place], of: sourceOfSample[place])
          samples[place] = sample
          sourceOfSample[place] = source
          return
        }
        repeatedNames.insert(name)
      } else {
        places[name] = samples.count
      }
    } else {
      unnamed[sample.origin.rawValue] += 1
    }
    samples.append(sample)
    sourceOfSample.append(source)
  }

  /// True where enough rows are new that taking the statistics of all again costs little for each of them.
  var isWorthRefreshing: Bool { isStale && newRows >= rows }

  /// Takes the statistics of all rows anew.
  mutating func refresh() {
    isStale = false
    newRows = 0
    var rows = CountedRows()
    for (index, sample) in samples.enumerated() {
      for row in sample.rows.indices { rows.add(sample.rows.withoutMargin(row), sample: index) }
    }
    self.rows = rows.count
    nanRows = rows.nan
    policyReference = RowStatistics(rows.policyReference.span, samples: rows.samples.span)
    referencePolicy = RowStatistics(rows.referencePolicy.span, samples: rows.samples.span)
    let count = Double(rows.count)
    policyEntropy = rows.policyEntropy / count
    referenceEntropy = rows.referenceEntropy / count
    sameTop1 = Double(rows.sameTop1) / count
    maskedDifferently = rows.maskedDifferently
    nonfinite = rows.nonfinite
    scores = samples.contains { $0.rows.file != nil } && rows.scores.targets > 0 ? rows.scores : nil
    logged = loggedOfRecords()?.value
  }

  /// Several records of one step: the mean over all their rows; `nil` where one of them logs none, or is about rows
  /// that another has replaced.
  private func loggedOfRecords() -> LoggedKL? {
    var rows = Array(repeating: 0, count: sources.count)
    var isHere = Array(repeating: false, count: sources.count)
    for (sample, source) in zip(samples, sourceOfSample) {
      rows[source] += sample.rows.count
      isHere[source] = true
    }
    var parts: [(logged: LoggedKL, rows: Double)] = []
    for (index, source) in sources.enumerated() where isHere[index] {
      guard source.missing == 0, let logged = source.logged else { return nil }
      parts.append((logged, Double(rows[index])))
    }
    guard var result = parts.first?.logged else { return nil }
    if parts.allSatisfy({ $0.logged.value == result.value }) { return result }
    result.value =
      parts.reduce(0) { $0 + $1.logged.value * $1.rows } / parts.reduce(0) { $0 + $1.rows }
    return result
  }

  /// Lets the pictures of its rows go.
  mutating func dropPictures() {
    for index in samples.indices { samples[index].pictures = [] }
    pictureEntries = 0
  }
}

/// What one sweep over the rows of a step takes from them.
private struct CountedRows {
  var policyReference: [Double] = []
  var referencePolicy: [Double] = []
  /// The sample of each row.
  var samples: [Int] = []
  var nan = 0
  // Sums over the rows, nats.
  var policyEntropy = 0.0
  var referenceEntropy = 0.0
  var sameTop1 = 0
  var maskedDifferently = 0
  var nonfinite = NonfiniteRows()
  var scores = TokenScores()

  var count: Int { samples.count }

  mutating func add(_ row: RowEvidence, sample: Int) {
    policyReference.append(row.policyReference)
    referencePolicy.append(row.referencePolicy)
    samples.append(sample)
    if row.policyReference.isNaN || row.referencePolicy.isNaN { nan += 1 }
    policyEntropy += row.policyEntropy
    referenceEntropy += row.referenceEntropy
    if row.sameTop1 { sameTop1 += 1 }
    if row.masksDiffer { maskedDifferently += 1 }
    nonfinite.add(row)
    scores.add(row)
  }
}

/// How well both models predict the tokens that came.
package struct TokenScores: Sendable, Hashable {
  /// Rows with a target.
  package private(set) var targets = 0
  private var correct = 0
  private var referenceCorrect = 0
  // Sums over those rows, nats.
  private var negativeLogLikelihoodSum = 0.0
  private var referenceNegativeLogLikelihoodSum = 0.0

  /// Share of the targets that are each model's likeliest token, 0…1.
  package var accuracy: Double { Double(correct) / Double(targets) }
  package var referenceAccuracy: Double { Double(referenceCorrect) / Double(targets) }

  /// Mean of −log p(target) under each model, nats.
  package var negativeLogLikelihood: Double { negativeLogLikelihoodSum / Double(targets) }
  package var referenceNegativeLogLikelihood: Double { referenceNegativeLogLikelihoodSum / Double(targets) }

  fileprivate mutating func add(_ row: RowEvidence) {
    guard row.target >= 0 else { return }
    targets += 1
    if row.isCorrect { correct += 1 }
    if row.isReferenceCorrect { referenceCorrect += 1 }
    negativeLogLikelihoodSum -= row.policyTargetLogProbability
    referenceNegativeLogLikelihoodSum -= row.referenceTargetLogProbability
  }
}

extension StepDivergence {
  /// Every sample under a name of its own: of a name that one record gives several times the first, and the rows of
  /// several unnamed batches numbered through.
  package var samplesByName: [(name: SampleName, sample: ComparedSample)] {
    placesByName.map { ($0.name, samples[$0.place]) }
  }

  /// The same, as indices of `samples`.
  var placesByName: [(name: SampleName, place: Int)] {
    let numbers = samples.lazy.filter { !$0.isNamed }.map(\.name)
    let isOneBatch = Set(numbers).count == numbers.count
    var unnamed = 0
    return samples.indices.compactMap { index in
      let sample = samples[index]
      if let name = sample.ownName { return places[name] == index ? (sample.name, index) : nil }
      unnamed += 1
      return (isOneBatch ? sample.name : .row(unnamed - 1), index)
    }
  }

  /// The sample that has a name there.
  func sample(named name: SampleName) -> ComparedSample? {
    if case .named(let own) = name { return places[own].map { samples[$0] } }
    return samplesByName.first { $0.name == name }?.sample
  }
}

extension ComparedSample {
  /// The name that the log gives it; `nil` for a row of an unnamed batch.
  fileprivate var ownName: String? {
    if case .named(let name) = name { name } else { nil }
  }

  fileprivate var isNamed: Bool { ownName != nil }

  /// Entries held for drawing; every picture counts as some more, for what surrounds its entries.
  var pictureEntries: Int { pictures.reduce(0) { $0 + $1.entries.count + TopProbabilities.overhead } }
}
