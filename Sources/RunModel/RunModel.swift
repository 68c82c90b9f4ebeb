package import RunLog

/// Everything known about one run: a value that grows batch by batch and that views only read.
package struct RunModel: Sendable {
  /// What was opened: a path, or `-`.
  package let path: String
  package private(set) var description = RunDescription()
  package private(set) var status = ReadStatus()

  package private(set) var series: [Series] = []
  package private(set) var rows = RowTable()
  package private(set) var restarts: [Restart] = []
  package private(set) var modes = ModeHistory()
  /// One for each phase and set that has logits of both models.
  package private(set) var divergences: [ProbeKey: DivergenceTrack] = [:]
  /// Last value of every string key, as it stood in the log: hostile until made printable.
  package private(set) var texts: [String: String] = [:]
  package private(set) var rejections = Rejections()

  /// Lowest step of the run; `nil` before there is one.
  package private(set) var firstStep: Int?
  /// Highest step of the branch the run is on; `nil` before there is one.
  package private(set) var lastStep: Int?

  private var ledger = FindingLedger()
  private var seriesByName: [String: SeriesID] = [:]
  /// Series of each interned key of the source.
  private var seriesOfKey: [SeriesID] = []
  private var startedOver = false
  /// Series with points that came out of order in the batch that is being applied.
  private var unsettled: Set<SeriesID> = []
  private var staleProbes: Set<ProbeKey> = []

  package init(path: String) { self.path = path }

  /// Applies records in the order of the file.
  package mutating func apply(_ measured: MeasuredBatch) {
    let batch = measured.batch
    status = batch.status
    for key in batch.newKeys { seriesOfKey.append(makeSeries(named: key)) }
    var notices = batch.notices[...]
    var measurements = measured.measurements[...]
    for index in batch.records.indices {
      while let notice = notices.first, notice.position <= index {
        apply(notices.removeFirst(), step: batch.records[index].step)
      }
      let end = measurements.firstIndex { $0.record > index } ?? measurements.endIndex
      apply(batch.records[index], of: batch, measurements: measurements[..<end])
      measurements = measurements[end...]
    }
    for notice in notices { apply(notice, step: lastStep ?? 0) }
    for text in batch.texts { note(text) }
    for id in unsettled { series[id].settle(rows: rows) }
    unsettled.removeAll()
    refreshDivergences()
  }

  /// All steps of the branch the run is on, 0…0 before there is one.
  package var steps: ClosedRange<Int> {
    let first = firstStep ?? 0
    return first...max(first, lastStep ?? first)
  }

  /// Names of the V classes by index, hostile until made printable; `nil` where the log gives none.
  package var classes: [String]? { description.classes }

  /// Findings that hold, counting only steps up to `step`.
  package func findings(at step: Int = .max) -> [Finding] { ledger.findings(at: step) }

  /// The series of a key.
  package func series(named name: String) -> Series? { seriesByName[name].map { series[$0] } }

  /// Every series of a role, in the order the keys were first seen.
  package func series(role: MetricRole) -> [SeriesID] {
    series.indices.filter { series[$0].role == role && series[$0].count > 0 }
  }

  private mutating func makeSeries(named name: String) -> SeriesID {
    if let known = seriesByName[name] { return known }
    series.append(Series(name: name))
    seriesByName[name] = series.count - 1
    return series.count - 1
  }
}

// MARK: - Records

extension RunModel {
  private mutating func apply(
    _ record: Record, of batch: RecordBatch, measurements: ArraySlice<Measurement>
  ) {
    if goesBack(record, batch: batch, measurements: measurements) { restart(at: record) }
    noteStep(of: record)
    modes.note(record.modes, phase: record.phase, step: record.step)
    noteModes(of: record)
    appendNumbers(of: record, batch: batch)
    if measurements.isEmpty { judgeStart(of: record, batch: batch) }
    for measurement in measurements { apply(measurement, record: record, batch: batch) }
  }

  private mutating func noteStep(of record: Record) {
    if let known = firstStep, record.step < known {
      // What was taken for the run's start was not.
      ledger.withdraw(.klAtStepZero)
    }
    firstStep = min(firstStep ?? record.step, record.step)
    lastStep = max(lastStep ?? record.step, record.step)
  }

  private mutating func appendNumbers(of record: Record, batch: RecordBatch) {
    let row = rows.count
    rows.append(step: record.step, time: record.time)
    for number in record.numbers {
      let id = seriesOfKey[Int(batch.numberKeys[number])]
      let value = batch.numbers[number]
      let waits = series[id].append(value, row: row, step: record.step, phase: record.phase)
      if waits { unsettled.insert(id) }
      if !value.isFinite, series[id].role?.isLoss == true {
        ledger.add(
          .nonfiniteLoss, series: series[id].name, step: record.step, evidence: FindingEvidence(value: value))
      }
    }
  }

  /// A KL that was only logged shows a broken start as well as one from logits.
  private mutating func judgeStart(of record: Record, batch: RecordBatch) {
    guard record.step == firstStep, record.modes.policy == .eval else { return }
    for number in record.numbers {
      let id = seriesOfKey[Int(batch.numberKeys[number])]
      let value = batch.numbers[number]
      guard series[id].role?.isKL == true,
        StartRule.isBroken(by: value, at: record.step, firstStep: record.step)
      else { continue }
      ledger.add(
        .klAtStepZero, series: series[id].name, step: record.step, evidence: FindingEvidence(value: value))
    }
  }

  private mutating func noteModes(of record: Record) {
    for rule in ModeRule.all where rule.holds(record) {
      ledger.add(rule.code, series: nil, step: record.step)
    }
  }

  /// A restart is a record whose step is lower than the last point of one of its own keys, of the same phase.
  private func goesBack(
    _ record: Record, batch: RecordBatch, measurements: ArraySlice<Measurement>
  ) -> Bool {
    if startedOver { return true }
    guard let lastStep, record.step < lastStep else { return false }
    let metricGoesBack = record.numbers.contains { number in
      series[seriesOfKey[Int(batch.numberKeys[number])]].goesBack(to: record.step, phase: record.phase)
    }
    return metricGoesBack
      || measurements.contains { measurement in
        let last = divergences[ProbeKey(phase: record.phase, set: measurement.set)]?.lastStep
        return last.map { record.step < $0 } ?? false
      }
  }

  private mutating func restart(at record: Record) {
    startedOver = false
    restart(at: record.step, line: record.line)
  }

  private mutating func startSession(at step: Int, line: Int) {
    guard let lastStep, step <= lastStep else { return }
    restart(at: step, line: line)
  }

  /// Forgets every point: the same ones come again at other steps.
  private mutating func forgetPoints() {
    for id in series.indices { series[id] = Series(name: series[id].name) }
    rows = RowTable()
    restarts = []
    modes = ModeHistory()
    divergences = [:]
    ledger = FindingLedger()
    (firstStep, lastStep) = (nil, nil)
    unsettled = []
    staleProbes = []
  }

  private mutating func restart(at step: Int, line: Int) {
    guard let fromStep = lastStep else { return }
    restarts.append(Restart(line: line, fromStep: fromStep, toStep: step, rowsBefore: rows.count))
    for id in series.indices { series[id].restart(at: step, rows: rows) }
    for probe in divergences.keys { divergences[probe]?.restart(at: step) }
    modes.restart(at: step)
    ledger.restart(at: step)
    lastStep = min(fromStep, step)
  }

  /// - Parameter step: of the record that the notice comes before.
  private mutating func apply(_ notice: LogNotice, step: Int) {
    switch notice.kind {
    case .rejected(let reason): rejections.add(line: notice.line, reason: reason)
    case .unusable(let reason):
      ledger.add(
        .unusableDistribution, series: nil, step: step,
        evidence: FindingEvidence(reason: "line \(notice.line): \(reason)"))
    case .startedOver:
      rejections = Rejections()
      startedOver = lastStep != nil
    case .run(let said): description.merge(said)
    case .printedOutput: rejections = Rejections()
    case .stepsRevised: forgetPoints()
    case .sessionStarted(let start): startSession(at: start, line: notice.line)
    }
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
    guard !measurement.samples.isEmpty else { return }
    divergences[probe, default: DivergenceTrack(probe: probe)].add(
      measurement.samples, step: record.step, logged: loggedKL(of: record, batch: batch),
      policyInEvalMode: record.modes.policy == .eval)
    staleProbes.insert(probe)
  }

  /// The KL that stands in the same record as the logits; never that of another phase.
  private func loggedKL(of record: Record, batch: RecordBatch) -> Double? {
    let role: MetricRole = record.phase == .eval ? .evaluationKL : .kl
    return record.numbers.last { series[seriesOfKey[Int(batch.numberKeys[$0])]].role == role }
      .map { batch.numbers[$0] }
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

  private mutating func judge(_ point: StepDivergence, of probe: ProbeKey) {
    for rule in DivergenceRule.all {
      let context = DivergenceRule.Context(point: point, probe: probe, firstStep: firstStep ?? point.step)
      ledger.set(
        rule.code, series: probe.label, step: point.step, count: rule.count(context),
        evidence: FindingEvidence(
          value: point.policyReference.mean, logged: point.logged ?? .nan))
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
