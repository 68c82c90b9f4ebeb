package import RunLog

/// Everything known about one run: a value that grows batch by batch and that views only read.
package struct RunModel: Sendable {
  /// What was opened: a path, or `-`.
  package let path: String
  package private(set) var description = RunDescription()
  package private(set) var status = ReadStatus()

  package internal(set) var restarts: [Restart] = []
  package internal(set) var modes = ModeHistory()
  /// One for each phase and set that has logits of both models.
  package internal(set) var divergences: [ProbeKey: DivergenceTrack] = [:]
  /// Last value of every string key, as it stood in the log: hostile until made printable.
  package private(set) var texts: [String: String] = [:]
  package internal(set) var rejections = Rejections()
  /// How far the files of logits are measured.
  package internal(set) var logitsFiles = LogitsFilesProgress()

  /// Lowest step of the run; `nil` before there is one.
  package internal(set) var firstStep: Int?
  /// Highest step of the branch the run is on; `nil` before there is one.
  package internal(set) var lastStep: Int?

  /// Estimates and lower bounds, one for each phase and set that has sampled tokens or top-k lists.
  package internal(set) var estimates: [ProbeKey: EstimateTrack] = [:]
  /// Which KL the log holds, as far as was read when reading last paused.
  package internal(set) var audit = RunAudit()

  /// What a logged KL can be checked against.
  var evidence = AuditEvidence()
  /// Records with evidence that came since the last audit.
  var newEvidence = 0
  /// Records that were there at the last audit.
  var auditedSteps = 0
  var ledger = FindingLedger()
  var table = SeriesTable()
  /// First steps of the run as they were taken for, with the rows before.
  var firstSteps: [(rowsBefore: Int, step: Int)] = []
  var rejectionHistory = RejectionHistory()
  private var startedOver = false
  /// What the run may spend; changed by `watch`.
  package internal(set) var budgets: [Budget] = []
  var pendingFiles = PendingLogitsFiles()
  /// Every set that the log has distributions of, in lower case.
  private var knownSets: Set<String> = []
  private var staleProbes: Set<ProbeKey> = []

  package init(path: String) { self.path = path }

  /// Applies records in the order of the file.
  package mutating func apply(_ measured: MeasuredBatch) {
    let batch = measured.batch
    status = batch.status
    noteSets(of: measured)
    table.addKeys(batch.newKeys)
    var notices = batch.notices[...]
    var measurements = measured.measurements[...]
    var files = measured.files[...]
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
    }
    for notice in notices { apply(notice, step: lastStep ?? 0, of: batch) }
    for text in batch.texts { note(text) }
    table.finish(batch)
    refreshDivergences()
    refreshAudit()
    if status.source != .reading { judgeCourse() }
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

  /// Names of the V classes by index, hostile until made printable; `nil` where the log gives none.
  package var classes: [String]? { description.classes }

  /// Findings that hold, counting only steps up to `step`.
  package func findings(at step: Int = .max) -> [Finding] { ledger.findings(at: step) }

  /// The series of a key.
  package func series(named name: String) -> Series? { table[name: name] }

  /// Every series of a role, in the order the keys were first seen.
  package func series(role: MetricRole) -> [SeriesID] {
    series.indices.filter { series[$0].role == role && series[$0].count > 0 }
  }
}

// MARK: - Records

extension RunModel {
  private mutating func apply(_ index: Int, of batch: RecordBatch, measurements: ArraySlice<Measurement>) {
    let record = batch.records[index]
    if goesBack(index, of: batch, measurements: measurements) { restart(at: record, of: batch) }
    ledger.begin(row: rows.count, isLate: lastStep.map { record.step < $0 } ?? false)
    noteStep(of: record)
    modes.note(record.modes, phase: record.phase, step: record.step, row: rows.count)
    noteModes(of: record)
    table.append(index, of: batch)
    noteNonfiniteLosses(of: record, batch: batch)
    if measurements.allSatisfy(\.samples.isEmpty) { judgeStart(of: record, batch: batch) }
    for measurement in measurements { apply(measurement, record: record, batch: batch) }
    noteEvidence(record, of: batch, measurements: measurements)
  }

  private mutating func noteStep(of record: Record) {
    if let known = firstStep, record.step < known {
      // What was taken for the run's start was not.
      ledger.withdraw(.klAtStepZero, isRemembered: true)
    }
    if firstStep.map({ record.step < $0 }) ?? true { firstSteps.append((rows.count, record.step)) }
    firstStep = min(firstStep ?? record.step, record.step)
    lastStep = max(lastStep ?? record.step, record.step)
  }

  private mutating func noteNonfiniteLosses(of record: Record, batch: RecordBatch) {
    for number in record.numbers where !batch.numbers[number].isFinite {
      let series = table.series(ofKey: batch.numberKeys[number])
      guard series.role?.isLoss == true else { continue }
      ledger.add(
        .nonfiniteLoss, series: series.name, step: record.step,
        evidence: FindingEvidence(value: batch.numbers[number]))
    }
  }

  /// A KL that was only logged shows a broken start as well as one from logits.
  private mutating func judgeStart(of record: Record, batch: RecordBatch) {
    guard record.step == firstStep, record.modes.policy == .eval else { return }
    for kl in loggedKLs(of: record, set: nil, knownSets: [], batch: batch).distances
    where StartRule.isBroken(by: kl.value, at: record.step, firstStep: record.step) {
      ledger.add(
        .klAtStepZero, series: series[kl.series].name, step: record.step,
        evidence: FindingEvidence(value: kl.value))
    }
  }

  private mutating func noteModes(of record: Record) {
    for rule in ModeRule.all where rule.holds(record) {
      ledger.add(rule.code, series: nil, step: record.step)
    }
  }

  /// A restart is a record whose step is lower than the last point of one of its own keys, of the same phase.
  private mutating func goesBack(
    _ index: Int, of batch: RecordBatch, measurements: ArraySlice<Measurement>
  ) -> Bool {
    let record = batch.records[index]
    if startedOver { return true }
    guard let lastStep, record.step < lastStep else { return false }
    return table.goesBack(index, of: batch)
      || measurements.contains { measurement in
        let probe = ProbeKey(phase: record.phase, set: measurement.set)
        let last = [divergences[probe]?.lastStep, estimates[probe]?.lastStep]
        return last.contains { $0.map { record.step < $0 } ?? false }
      }
  }

  private mutating func restart(at record: Record, of batch: RecordBatch) {
    startedOver = false
    restart(at: record.step, line: record.line, of: batch)
  }

  private mutating func startSession(at step: Int, line: Int, of batch: RecordBatch) {
    guard let lastStep, step <= lastStep else { return }
    restart(at: step, line: line, of: batch)
  }

  /// Forgets every point: the same ones come again at other steps.
  private mutating func forgetPoints(of batch: RecordBatch) {
    table.forgetPoints(of: batch)
    restarts = []
    modes = ModeHistory()
    divergences = [:]
    estimates = [:]
    evidence = AuditEvidence()
    ledger = FindingLedger()
    (firstStep, lastStep) = (nil, nil)
    firstSteps = []
    staleProbes = []
  }

  private mutating func restart(at step: Int, line: Int, of batch: RecordBatch) {
    guard let fromStep = lastStep else { return }
    restarts.append(Restart(line: line, fromStep: fromStep, toStep: step, rowsBefore: rows.count))
    table.restart(at: step, of: batch)
    let rowsBefore = rows.count
    for probe in divergences.keys { divergences[probe]?.restart(at: step, rowsBefore: rowsBefore) }
    for probe in estimates.keys { estimates[probe]?.restart(at: step) }
    evidence.restart(at: step)
    modes.restart(at: step)
    ledger.restart(at: step)
    pendingFiles.restart(at: step)
    lastStep = min(fromStep, step)
  }

  /// - Parameter step: of the record that the notice comes before.
  private mutating func apply(_ notice: LogNotice, step: Int, of batch: RecordBatch) {
    switch notice.kind {
    case .rejected(let reason):
      rejectionHistory.add(line: notice.line, reason: reason, rowsBefore: rows.count)
      rejections = rejectionHistory.current
    case .unusable(let reason):
      ledger.add(
        .unusableDistribution, series: nil, step: step,
        evidence: FindingEvidence(
          reason: "line \(notice.line): \(reason)", leftOut: LeftOut.subject(of: reason)))
    case .startedOver:
      forgetRejections()
      startedOver = lastStep != nil
    case .run(let said): description.merge(said)
    case .printedOutput: forgetRejections()
    case .checkpointUnknown(let model):
      ledger.add(
        .checkpointUnknown, series: nil, step: step, evidence: FindingEvidence(reason: model))
    case .stepsRevised: forgetPoints(of: batch)
    case .sessionStarted(let start): startSession(at: start, line: notice.line, of: batch)
    }
  }

  private mutating func forgetRejections() {
    rejectionHistory.forget(rowsBefore: rows.count)
    rejections = Rejections()
  }

  private mutating func note(_ text: RecordText) {
    guard texts[text.key] != nil || texts.count < Self.keptTexts else { return }
    texts[text.key] = text.text
  }

  /// A log with more string keys than this keeps the first ones: they are only shown.
  private static let keptTexts = 256
}

// MARK: - Divergence

extension RunModel {
  private mutating func apply(_ measurement: Measurement, record: Record, batch: RecordBatch) {
    let probe = ProbeKey(phase: record.phase, set: measurement.set)
    if measurement.rowsWithoutReference > 0 {
      ledger.add(.logitsWithoutReference, series: probe.label, step: record.step)
    }
    let logged = loggedKLs(of: record, set: measurement.set, batch: batch).stated
    noteEstimates(measurement, record: record, logged: logged?.value)
    guard isMeasured(measurement.samples, of: probe, step: record.step) else { return }
    divergences[probe, default: DivergenceTrack(probe: probe)].add(
      measurement.samples, step: record.step, logged: logged,
      policyInEvalMode: record.modes.policy == .eval, row: rows.count - 1)
    staleProbes.insert(probe)
  }

  /// True where samples have rows, or take the place of some that had: a mask may leave none.
  private func isMeasured(_ samples: [MeasuredSample], of probe: ProbeKey, step: Int) -> Bool {
    guard samples.allSatisfy(\.rows.isEmpty) else { return true }
    return !samples.isEmpty && divergences[probe]?.point(at: step)?.step == step
  }

  /// Adds the samples of a file to what was measured at their step.
  mutating func addSamples(_ samples: [MeasuredSample], of record: PendingLogitsFiles.Record) {
    guard isMeasured(samples, of: record.probe, step: record.step) else { return }
    divergences[record.probe, default: DivergenceTrack(probe: record.probe)].add(
      samples, step: record.step, logged: record.logged, policyInEvalMode: record.policyInEvalMode,
      row: record.row)
    staleProbes.insert(record.probe)
    refreshDivergences()
    if status.source != .reading { judgeCourse() }
  }

  /// States whether a file of logits is left out, and why; nil where it is not.
  mutating func noteUnusable(_ path: String, step: Int, reason: String?) {
    ledger.set(
      .unusableDistribution, series: path, step: step, count: reason == nil ? 0 : 1,
      evidence: FindingEvidence(reason: reason ?? ""))
  }

  /// The KLs that stand in the same record as the logits of a set; never those of another phase or set.
  func loggedKLs(of record: Record, set: String?, batch: RecordBatch) -> RecordKLs {
    loggedKLs(of: record, set: set, knownSets: knownSets, batch: batch)
  }

  private func loggedKLs(of record: Record, set: String?, knownSets: Set<String>, batch: RecordBatch)
    -> RecordKLs
  {
    var kls = RecordKLs(phase: record.phase, set: set, knownSets: knownSets)
    for number in record.numbers {
      let id = table.id(ofKey: batch.numberKeys[number])
      kls.add(series[id], id: id, value: batch.numbers[number])
    }
    return kls
  }

  private mutating func noteSets(of measured: MeasuredBatch) {
    for set in measured.measurements.lazy.compactMap(\.set) { knownSets.insert(set.lowercased()) }
    for set in measured.files.lazy.compactMap(\.set) { knownSets.insert(set.lowercased()) }
  }

  private mutating func refreshDivergences() {
    let isComplete = status.source != .reading
    for probe in staleProbes {
      for point in divergences[probe]?.refresh(everything: isComplete) ?? [] { judge(point, of: probe) }
    }
    staleProbes = staleProbes.filter { divergences[$0]?.isStale == true }
    let entries = divergences.values.reduce(0) { $0 + $1.pictureEntries }
    guard entries > Self.keptPictureEntries else { return }
    for probe in divergences.keys { divergences[probe]?.thinPictures() }
  }

  /// Entries of probability pictures kept for looking back, 24 bytes each.
  private static let keptPictureEntries = 2_000_000

  mutating func judge(_ point: StepDivergence, of probe: ProbeKey) {
    for rule in DivergenceRule.all {
      let context = DivergenceRule.Context(point: point, probe: probe, firstStep: firstStep ?? point.step)
      ledger.set(
        rule.code, series: probe.label, step: point.step, count: rule.count(context),
        evidence: FindingEvidence(
          value: point.policyReference.mean, logged: point.logged ?? .nan,
          reason: rule.code == .nonfiniteDivergence ? point.nonfinite.text : ""))
    }
  }
}

extension RunDescription {
  /// Later statements win, what they leave out stays.
  fileprivate mutating func merge(_ said: RunDescription) {
    name = said.name ?? name
    classes = said.classes ?? classes
    lambda = said.lambda ?? lambda
    sign = said.sign ?? sign
  }
}
