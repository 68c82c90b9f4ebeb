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
  /// False for a run that is only listed.
  private(set) var isOpened: Bool
  package internal(set) var description = RunDescription()
  package internal(set) var status = ReadStatus()
  /// What lies beside its logs.
  package internal(set) var surroundings = RunSurroundings()

  package internal(set) var restarts: [Restart] = []
  /// What sources told of their steps.
  var oddities: [FoundOddity] = []
  package internal(set) var modes = ModeHistory()
  /// One for each phase and set that has logits of both models.
  package internal(set) var divergences: [ProbeKey: DivergenceTrack] = [:]
  /// Last value of every string key, as it stood in the log.
  package internal(set) var texts: [String: String] = [:]
  package internal(set) var rejections = Rejections()
  /// What was inferred, left out or could not be used when the log was read.
  package internal(set) var logNotes = LogNotes()
  /// How far the files of logits are measured.
  package internal(set) var logitsFiles = LogitsFilesProgress()

  /// Lowest step of the run; `nil` before there is one.
  package internal(set) var firstStep: Int?
  /// Highest step of the branch the run is on; `nil` before there is one.
  package internal(set) var lastStep: Int?

  /// Estimates and lower bounds, one for each phase and set that has sampled tokens or top-k lists.
  package internal(set) var estimates: [ProbeKey: EstimateTrack] = [:]
  /// Entries of probability pictures kept for looking back, 40 bytes each.
  package var keptPictureEntries = 2_000_000

  /// What a logged KL can be checked against.
  package internal(set) var evidence = AuditEvidence()
  var ledger = OccurrenceLedger()
  package var table = SeriesTable()
  /// One for each source, by its number.
  var sources: [SourceProgress] = []
  /// The source that told of modes or distributions last: only its restarts take those back.
  var measuredSource: Int?
  /// What the trainer last said itself.
  var statedProgress: TrainingProgress?
  /// Steps that a state of the trainer in the run's folder plans.
  var plannedSteps: Int?
  /// How the training ended; `nil` while its log does not say so.
  package internal(set) var end: RunEnd?
  /// What became of the process that kltop started for it.
  var process: RunFolderNews.EndedProcess?
  /// What its tracker notes of its end, beside the log.
  var noted: TrainingEnd?
  /// How long its writer is silent between records, by the times in the log.
  package internal(set) var gaps = WritingGaps()
  /// When one of its logs was last written to, seconds since 1970; `nil` where nobody looked.
  package internal(set) var lastWritten: Double?
  var trainingRows = TrainingRows()
  /// Switches of the last record that showed nothing wrong.
  var harmless: (modes: ModelModes, phase: Phase)?
  /// First steps of the run as they were taken for, with the rows before.
  var firstSteps: [(rowsBefore: Int, step: Int)] = []
  /// By step.
  var savedCheckpoints: [Int: SavedCheckpoint] = [:]
  var rejectionHistory = RejectionHistory()
  var completions = Completions()
  var pendingFiles = PendingLogitsFiles()
  /// How many files of ranks of a step are there, where some are missing: `37 of 64 shards`.
  package internal(set) var missingShards: [Int: String] = [:]
  /// Steps that files of logits and rows are of; nil before there is one.
  var measuredSteps: ClosedRange<Int>?
  /// Every set that the log has distributions of, in lower case.
  package internal(set) var knownSets: Set<String> = []
  var staleProbes: Set<ProbeKey> = []

  /// - Parameters:
  ///   - name: what it is called, where neither its path nor its log says it.
  ///   - sets: what its evaluation sets are, where somebody says it.
  ///   - isOpened: false for a run that is listed and not read.
  package init(path: String, name: String? = nil, sets: SetNaming = SetNaming(), isOpened: Bool = true) {
    self.path = path
    givenName = name
    self.sets = sets
    self.isOpened = isOpened
  }

  /// Applies records in the order of the file.
  package mutating func apply(_ measured: ComparedBatch) {
    let batch = measured.batch
    status = batch.status
    isOpened = true
    while sources.count <= batch.source { sources.append(SourceProgress()) }
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
    for notice in notices { apply(notice, step: sources[batch.source].lastStep ?? 0, of: batch) }
    for text in batch.texts { note(text) }
    if !batch.records.isEmpty, table.hasCaughtUp(batch.source) { sources[batch.source].hasGrown = true }
    table.finish(batch)
    refreshSteps()
    refreshDivergences()
  }

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
