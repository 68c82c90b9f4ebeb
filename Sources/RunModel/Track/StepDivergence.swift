internal import Curves

/// The divergence of one step over the rows of one phase and set.
///
/// It has every property of its `StepRows`: their number, statistics and means.
@dynamicMemberLookup
package struct StepDivergence: Sendable {
  package let step: Int
  /// Every sample measured at this step, in the order it first came.
  package private(set) var samples: [ComparedSample] = []
  /// What all rows that count say together, as of the last time that they were counted.
  private var totals = StepRows()
  /// The KL the log gives in the same records as the logits, nats; `nil` where a record has none.
  package private(set) var logged: Double?
  /// Switches of the policy in the records the logits came with: `true` when every one was measured in eval mode.
  package private(set) var policyInEvalMode = true
  /// Entries held for drawing, what memory is spent on.
  private(set) var pictureEntries = 0

  /// The records the samples came with.
  private(set) var sources: [Source] = []
  /// Index into `sources` for each sample.
  private(set) var sourceOfSample: [Int] = []
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
  private(set) var replaced: [Replaced] = []

  /// Rows of a step with more pictures than this are drawn without.
  private static let mostPictureEntries = 500_000

  /// A record with samples of this step.
  struct Source {
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
  struct Replaced {
    var sample: ComparedSample
    var source: Int
    var successor: Int
  }

  init(step: Int) { self.step = step }

  package subscript<Value>(dynamicMember property: KeyPath<StepRows, Value>) -> Value {
    totals[keyPath: property]
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
    newRows += totals.rows
    isStale = true
  }

  /// True where a record with some of its samples came later.
  func isLater(than moment: RunMoment) -> Bool { lastRow >= moment.rows }

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
  var isWorthRefreshing: Bool { isStale && newRows * 4 >= totals.rows }

  /// Takes the statistics of all rows anew.
  mutating func refresh() {
    isStale = false
    newRows = 0
    var counted = CountedRows()
    for (index, sample) in samples.enumerated() {
      for row in sample.rows { counted.add(row, sample: index) }
      if sample.rows.file != nil { counted.hasRowsOfFiles = true }
    }
    totals = StepRows(counted)
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
