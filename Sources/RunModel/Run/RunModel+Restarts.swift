internal import Curves
internal import RunLog

extension RunModel {
  /// Begins a new branch: what its source said before about its steps is of the old one.
  mutating func restart(_ restart: StepRestart, line: Int, of batch: RecordBatch) {
    let row = sources[batch.source].row(ofLast: restart.records) ?? rows.count
    note(
      Restart(
        line: line, fromStep: restart.fromStep, toStep: restart.toStep, rowsBefore: row, source: batch.source,
        file: batch.file))
    let step = restart.toStep
    table.restart(at: step, before: row, of: batch)
    let last = sources[batch.source].lastStep ?? step
    sources[batch.source].lastStep = restart.lastStep ?? min(last, step)
    measuredSteps = measuredSteps.map { min($0.lowerBound, step)...min($0.upperBound, step) }
    restartLedger(restart, row: row, source: batch.source)
    savedCheckpoints = savedCheckpoints.filter { $0.key <= step || $0.value.row >= row }
    guard isMeasured(by: batch.source) else { return }
    for probe in divergences.keys {
      divergences[probe]?.restart(at: step, row: row)
      if divergences[probe]?.isStale == true { staleProbes.insert(probe) }
    }
    for probe in estimates.keys { estimates[probe]?.restart(at: step, row: row) }
    evidence.restart(at: step, row: row)
    modes.restart(at: step, row: row)
    pendingFiles.restart(at: step, row: row)
    completions.restart(at: step, row: row)
    noteScores()
  }

  /// Forgets every point of a source: the same ones come again at other steps.
  mutating func forgetPoints(of batch: RecordBatch) {
    table.forgetPoints(of: batch)
    restarts.removeAll { $0.source == batch.source }
    oddities.removeAll { $0.source == batch.source }
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

  /// Lists a restart once, although several sources tell of it.
  private mutating func note(_ restart: Restart) {
    let step = restart.toStep
    let others = sources.indices.filter { $0 != restart.source }
    let ofOthers = others.map { sources[$0].listed[step, default: 0] }.max() ?? 0
    let own = sources[restart.source]
    if own.listed[step, default: 0] + own.unlisted[step, default: 0] < ofOthers {
      sources[restart.source].unlisted[step, default: 0] += 1
    } else {
      sources[restart.source].listed[step, default: 0] += 1
      restarts.append(restart)
    }
  }

  /// True where modes and distributions are a source's, or nobody's.
  private func isMeasured(by source: Int) -> Bool { measuredSource == nil || measuredSource == source }

  /// Takes back what was found in the records that a restart replaces.
  private mutating func restartLedger(_ restart: StepRestart, row: Int, source: Int) {
    guard table.hasSeveralSources else {
      return ledger.restart(at: restart.toStep, fromStep: restart.fromStep, row: row)
    }
    let isMeasured = isMeasured(by: source)
    let table = table
    ledger.restart(at: restart.toStep, fromStep: restart.fromStep, row: row) { series in
      series.map { table.hasKey($0, source: source) } ?? isMeasured
    }
  }
}
