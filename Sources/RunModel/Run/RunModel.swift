package import Curves
package import RunLog

/// Everything known about one run: a value that grows batch by batch and that views only read.
///
/// It has many properties because a copy of it is a moment of the run, whole: each is one part with a type and a file of
/// its own, and a part that stood elsewhere would have to be copied beside it.
package struct RunModel: Sendable {
  /// What was opened: a path, or `-`.
  package let path: String
  /// What it is called by whoever opened it.
  package let givenName: String?
  /// Which of its evaluation sets are for retention, and which are the new task, as whoever opened it said.
  package let sets: SetNaming
  package internal(set) var description = RunDescription()
  var reading: RunReading
  var extent = RunExtent()
  /// Steps, times and values of its series.
  package var table = SeriesTable()
  package internal(set) var modes = ModeHistory()
  var distributions = RunDistributions()
  /// What a logged KL can be checked against.
  package internal(set) var evidence = AuditEvidence()
  /// What happened that a finding may be made of.
  var ledger = OccurrenceLedger()
  var remarks = RunRemarks()
  var course = TrainingCourse()
  var trainingRows = TrainingRows()

  /// - Parameters:
  ///   - name: what it is called, where neither its path nor its log says it.
  ///   - sets: what its evaluation sets are, where somebody says it.
  ///   - isOpened: false for a run that is listed and not read.
  package init(path: String, name: String? = nil, sets: SetNaming = SetNaming(), isOpened: Bool = true) {
    self.path = path
    givenName = name
    self.sets = sets
    reading = RunReading(isOpened: isOpened)
  }

  /// Applies records in the order of the file.
  package mutating func apply(_ measured: ComparedBatch) {
    let batch = measured.batch
    reading.begin(batch)
    noteSets(of: measured)
    table.begin(batch)
    var notices = batch.notices[...]
    var measurements = measured.measurements[...]
    var files = measured.files[...]
    var texts = batch.texts[...]
    for index in batch.records.indices {
      while let notice = notices.first, notice.position <= index {
        apply(notices.removeFirst(), step: batch.records[index].step, of: batch)
      }
      let end = measurements.firstIndex { $0.record > index } ?? measurements.endIndex
      apply(index, of: batch, measurements: measurements[..<end])
      measurements = measurements[end...]
      while files.first?.record == index {
        expect(files.removeFirst(), record: batch.records[index], batch: batch)
      }
      let own = texts.prefix { $0.record <= index }
      noteCheckpoint(in: own, step: batch.records[index].step)
      noteEnd(in: own)
      texts = texts.dropFirst(own.count)
    }
    for notice in notices { apply(notice, step: reading.sources[batch.source].lastStep ?? 0, of: batch) }
    for text in batch.texts { remarks.note(text: text.text, of: text.key) }
    if !batch.records.isEmpty, table.hasCaughtUp(batch.source) {
      reading.sources[batch.source].hasGrown = true
    }
    table.finish(batch)
    refreshSteps()
    refreshDivergences()
  }

}

/// What is told of a run.
extension RunModel {
  /// What reading its logs has come to.
  package var status: ReadStatus { reading.status }

  /// Lowest step of the run; `nil` before there is one.
  package var firstStep: Int? { extent.first }

  /// Highest step of the branch the run is on; `nil` before there is one.
  package var lastStep: Int? { extent.last }

  package var restarts: [Restart] { extent.restarts }

  /// All steps of the branch the run is on, 0…0 before there is one.
  package var steps: ClosedRange<Int> {
    let first = firstStep ?? 0
    return first...max(first, lastStep ?? first)
  }

  /// One for each key, in the order they were first seen.
  package var series: [Series] { table.series }

  /// Step and time of every record.
  package var rows: RowTable { table.rows }

  /// Names of the V classes by index; `nil` where the log gives none.
  package var classes: [String]? { description.classes }

  /// Last value of every string key, as it stood in the log.
  package var texts: [String: String] { remarks.texts }

  package var rejections: Rejections { remarks.rejections }

  /// How the training ended; `nil` while its log does not say so.
  package var end: RunEnd? { course.end }

  /// How long its writer is silent between records, by the times in the log.
  package var gaps: WritingGaps { course.gaps }

  /// When one of its logs was last written to, seconds since 1970; `nil` where nobody looked.
  package var lastWritten: Double? { course.lastWritten }

  /// What lies beside its logs.
  package var surroundings: RunSurroundings { course.surroundings }

  /// One for each phase and set that has logits of both models.
  package var divergences: [ProbeKey: DivergenceTrack] { distributions.divergences }

  /// Estimates and lower bounds, one for each phase and set that has sampled tokens or top-k lists.
  package var estimates: [ProbeKey: EstimateTrack] { distributions.estimates }

  /// Every set that the log has distributions of, in lower case.
  package var knownSets: Set<String> { distributions.knownSets }

  /// How far the files of logits are measured.
  package var logitsFiles: LogitsFilesProgress { distributions.files }

  /// How many files of ranks of a step are there, where some are missing: `37 of 64 shards`.
  package var missingShards: [Int: String] { distributions.missingShards }

  /// Entries of probability pictures kept for looking back, 40 bytes each.
  package var keptPictureEntries: Int {
    get { distributions.keptPictureEntries }
    set { distributions.keptPictureEntries = newValue }
  }

  /// The divergence of each phase and set, in the order of their names.
  ///
  /// Names are sorted and not the tracks, which are large values to move.
  package var tracks: some Collection<DivergenceTrack> {
    divergences.keys.sorted().lazy.compactMap { divergences[$0] }
  }

  /// What happened up to `step` that a finding may be made of, in no order.
  package func occurrences(through step: Int = .max) -> [Occurrence] {
    let occurrences = ledger.occurrences(through: step)
    guard table.hasSeveralSources else { return occurrences }
    // What another source says of the same quantity is told once.
    return occurrences.filter { $0.series.map { !table.isHidden($0) } ?? true }
  }

  /// Keys with points of a source that another source gives better, under this spelling or another one.
  package func hiddenKeys(ofSource source: Int) -> [String] { table.hiddenKeys(of: source) }

  /// The series of a key.
  package func series(named name: String) -> Series? { table[name: name] }

  /// Every series of a role, in the order the keys were first seen.
  package func series(role: MetricRole) -> [SeriesID] {
    series.indices.filter { series[$0].role == role && series[$0].count > 0 }
  }
}
