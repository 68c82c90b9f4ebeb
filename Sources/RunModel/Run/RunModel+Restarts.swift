internal import Curves
internal import RunLog

extension RunModel {
  /// A restart is a record whose step is lower than the last point of one of its own keys, of the same phase.
  mutating func goesBack(
    _ index: Int, of batch: RecordBatch, measurements: ArraySlice<Measurement>
  ) -> Bool {
    let record = batch.records[index]
    if sources[batch.source].startsOver { return true }
    guard let lastStep = sources[batch.source].lastStep, record.step < lastStep,
      batch.status.dialectOfSource(batch.source)?.isInOrder != false
    else { return false }
    return table.goesBack(index, of: batch)
      || measurements.contains { measurement in
        let probe = ProbeKey(phase: record.phase, set: measurement.set)
        let last = [divergences[probe]?.lastStep, estimates[probe]?.lastStep]
        return last.contains { $0.map { record.step < $0 } ?? false }
      }
  }

  mutating func restart(at record: Record, of batch: RecordBatch) {
    sources[batch.source].startsOver = false
    restart(at: record.step, line: record.line, of: batch)
  }

  mutating func startSession(at step: Int, line: Int, of batch: RecordBatch) {
    guard let lastStep = sources[batch.source].lastStep, step <= lastStep else { return }
    restart(at: step, line: line, of: batch)
  }

  /// Forgets every point of a source: the same ones come again at other steps.
  mutating func forgetPoints(of batch: RecordBatch) {
    table.forgetPoints(of: batch)
    restarts.removeAll { $0.source == batch.source }
    sources[batch.source] = SourceProgress()
    firstSteps = []
    refreshSteps()
    guard isMeasured(by: batch.source) else { return }
    modes = ModeHistory()
    divergences = [:]
    estimates = [:]
    completions = Completions()
    measuredSteps = nil
    evidence = AuditEvidence()
    ledger = OccurrenceLedger()
    staleProbes = []
  }

  private mutating func restart(at step: Int, line: Int, of batch: RecordBatch) {
    guard let fromStep = sources[batch.source].lastStep else { return }
    note(
      Restart(
        line: line, fromStep: fromStep, toStep: step, rowsBefore: rows.count, source: batch.source,
        file: batch.file))
    table.restart(at: step, of: batch)
    sources[batch.source].lastStep = min(fromStep, step)
    measuredSteps = measuredSteps.map { min($0.lowerBound, step)...min($0.upperBound, step) }
    restartLedger(at: step, source: batch.source)
    guard isMeasured(by: batch.source) else { return }
    let rowsBefore = rows.count
    for probe in divergences.keys { divergences[probe]?.restart(at: step, rowsBefore: rowsBefore) }
    for probe in estimates.keys { estimates[probe]?.restart(at: step) }
    evidence.restart(at: step)
    modes.restart(at: step)
    pendingFiles.restart(at: step)
    completions.restart(at: step)
    noteScores()
  }

  /// Lists a restart once, although several sources tell of it.
  private mutating func note(_ restart: Restart) {
    let same = Dictionary(grouping: restarts.filter { $0.toStep == restart.toStep }, by: \.source)
    let ofOthers = same.filter { $0.key != restart.source }.values.map(\.count).max() ?? 0
    let own =
      (same[restart.source]?.count ?? 0) + sources[restart.source].unlisted[restart.toStep, default: 0]
    if own < ofOthers {
      sources[restart.source].unlisted[restart.toStep, default: 0] += 1
    } else {
      restarts.append(restart)
    }
  }

  /// True where modes and distributions are a source's, or nobody's.
  private func isMeasured(by source: Int) -> Bool { measuredSource == nil || measuredSource == source }

  /// Takes back what was found in the records that a restart replaces.
  private mutating func restartLedger(at step: Int, source: Int) {
    guard table.hasSeveralSources else { return ledger.restart(at: step) }
    let isMeasured = isMeasured(by: source)
    let table = table
    ledger.restart(at: step) { series in
      series.map { table.hasKey($0, source: source) } ?? isMeasured
    }
  }
}
