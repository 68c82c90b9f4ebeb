internal import Curves
internal import RunLog

extension RunModel {
  /// Begins a new branch: what its source said before about its steps is of the old one.
  mutating func restart(_ restart: StepRestart, line: Int, of batch: RecordBatch) {
    let row = reading.sources[batch.source].row(ofLast: restart.records) ?? rows.count
    note(
      Restart(
        line: line, fromStep: restart.fromStep, toStep: restart.toStep, rowsBefore: row, source: batch.source,
        file: batch.file))
    let step = restart.toStep
    table.restart(at: step, before: row, of: batch)
    let last = reading.sources[batch.source].lastStep ?? step
    reading.sources[batch.source].lastStep = restart.lastStep ?? min(last, step)
    extent.restart(at: step)
    restartLedger(restart, row: row, source: batch.source)
    course.checkpoints = course.checkpoints.filter { $0.key <= step || $0.value.row >= row }
    guard reading.isMeasured(by: batch.source) else { return }
    distributions.restart(at: step, row: row)
    evidence.restart(at: step, row: row)
    modes.restart(at: step, row: row)
    noteScores()
  }

  /// Forgets every point of a source: the same ones come again at other steps.
  mutating func forgetPoints(of batch: RecordBatch) {
    table.forgetPoints(of: batch)
    extent.restarts.removeAll { $0.source == batch.source }
    remarks.oddities.removeAll { $0.source == batch.source }
    reading.sources[batch.source] = SourceProgress()
    extent.forgetFirstSteps()
    refreshSteps()
    guard reading.isMeasured(by: batch.source) else { return }
    modes = ModeHistory()
    distributions.forget()
    extent.forgetMeasured()
    evidence = AuditEvidence()
    ledger = OccurrenceLedger()
  }

  /// Lists a restart once, although several sources tell of it.
  private mutating func note(_ restart: Restart) {
    let step = restart.toStep
    let others = reading.sources.indices.filter { $0 != restart.source }
    let ofOthers = others.map { reading.sources[$0].listed[step, default: 0] }.max() ?? 0
    let own = reading.sources[restart.source]
    if own.listed[step, default: 0] + own.unlisted[step, default: 0] < ofOthers {
      reading.sources[restart.source].unlisted[step, default: 0] += 1
    } else {
      reading.sources[restart.source].listed[step, default: 0] += 1
      extent.restarts.append(restart)
    }
  }

  /// Takes back what was found in the records that a restart replaces.
  private mutating func restartLedger(_ restart: StepRestart, row: Int, source: Int) {
    guard table.hasSeveralSources else {
      return ledger.restart(at: restart.toStep, fromStep: restart.fromStep, row: row)
    }
    let isMeasured = reading.isMeasured(by: source)
    let table = table
    ledger.restart(at: restart.toStep, fromStep: restart.fromStep, row: row) { series in
      series.map { table.hasKey($0, source: source) } ?? isMeasured
    }
  }
}
