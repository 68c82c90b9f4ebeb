internal import RunLog

extension RunModel {
  /// A restart is a record whose step is lower than the last point of one of its own keys, of the same phase.
  mutating func goesBack(
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

  mutating func restart(at record: Record, of batch: RecordBatch) {
    startedOver = false
    restart(at: record.step, line: record.line, of: batch)
  }

  mutating func startSession(at step: Int, line: Int, of batch: RecordBatch) {
    guard let lastStep, step <= lastStep else { return }
    restart(at: step, line: line, of: batch)
  }

  /// Forgets every point: the same ones come again at other steps.
  mutating func forgetPoints(of batch: RecordBatch) {
    table.forgetPoints(of: batch)
    restarts = []
    modes = ModeHistory()
    divergences = [:]
    estimates = [:]
    evidence = AuditEvidence()
    ledger = FindingLedger()
    (firstStep, lastStep) = (nil, nil)
    staleProbes = []
  }

  private mutating func restart(at step: Int, line: Int, of batch: RecordBatch) {
    guard let fromStep = lastStep else { return }
    restarts.append(Restart(line: line, fromStep: fromStep, toStep: step, rowsBefore: rows.count))
    table.restart(at: step, of: batch)
    for probe in divergences.keys { divergences[probe]?.restart(at: step) }
    for probe in estimates.keys { estimates[probe]?.restart(at: step) }
    evidence.restart(at: step)
    modes.restart(at: step)
    ledger.restart(at: step)
    pendingFiles.restart(at: step)
    lastStep = min(fromStep, step)
  }
}
