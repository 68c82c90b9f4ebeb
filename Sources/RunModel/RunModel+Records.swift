internal import RunLog

extension RunModel {
  mutating func apply(_ index: Int, of batch: RecordBatch, measurements: ArraySlice<Measurement>) {
    let record = batch.records[index]
    if goesBack(index, of: batch, measurements: measurements) { restart(at: record, of: batch) }
    if !record.modes.isEmpty || !measurements.isEmpty { measuredSource = batch.source }
    ledger.begin(row: rows.count, isLate: sources[batch.source].lastStep.map { record.step < $0 } ?? false)
    noteStep(of: record, source: batch.source)
    modes.note(record.modes, phase: record.phase, step: record.step, row: rows.count)
    noteModes(of: record)
    table.append(index, of: batch)
    noteNonfiniteLosses(of: record, batch: batch)
    noteEvaluationMode(of: record, batch: batch)
    if measurements.allSatisfy(\.samples.isEmpty) { judgeStart(of: record, batch: batch) }
    for measurement in measurements { apply(measurement, record: record, batch: batch) }
    noteEvidence(record, of: batch, measurements: measurements)
  }

  private mutating func noteStep(of record: Record, source: Int) {
    if let known = firstStep, record.step < known {
      // What was taken for the run's start was not.
      ledger.withdraw(.klAtStepZero, isRemembered: true)
    }
    if firstStep.map({ record.step < $0 }) ?? true { firstSteps.append((rows.count, record.step)) }
    firstStep = min(firstStep ?? record.step, record.step)
    sources[source].note(step: record.step)
  }

  private mutating func noteNonfiniteLosses(of record: Record, batch: RecordBatch) {
    for number in record.numbers where !batch.numbers[number].isFinite {
      let series = table.series(ofKey: batch.numberKeys[number], source: batch.source)
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

  mutating func note(_ text: RecordText) {
    guard texts[text.key] != nil || texts.count < Self.keptTexts else { return }
    texts[text.key] = text.text
  }

  /// A log with more string keys than this keeps the first ones: they are only shown.
  private static let keptTexts = 256
}
