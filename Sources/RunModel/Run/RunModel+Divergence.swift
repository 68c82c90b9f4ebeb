internal import Curves
internal import RunLog

extension RunModel {
  mutating func apply(_ measurement: Measurement, record: Record, batch: RecordBatch) {
    let probe = ProbeKey(phase: record.phase, set: measurement.set)
    if measurement.rowsWithoutReference > 0 {
      ledger.add(.logitsWithoutReference, series: probe.label, step: record.step)
    }
    let logged = loggedKLs(of: record, set: measurement.set, batch: batch).stated
    noteEstimates(measurement, record: record, logged: logged?.value)
    if let completion = measurement.completion {
      distributions.completions.add(completion, of: probe.set, step: record.step, row: rows.count - 1)
    }
    guard isMeasured(measurement.samples, of: probe, step: record.step) else { return }
    // What a record logs is about all its rows, those without a reference too.
    let comparable = measurement.rowsWithoutReference == 0 ? logged : nil
    let row = rows.count - 1
    distributions.change(probe) {
      $0.add(
        measurement.samples, step: record.step, logged: comparable,
        policyInEvalMode: record.modes.policy == .eval, row: row)
    }
  }

  /// True where samples have rows, or take the place of some that had: a mask may leave none.
  private func isMeasured(_ samples: [ComparedSample], of probe: ProbeKey, step: Int) -> Bool {
    guard samples.allSatisfy({ $0.rows.isEmpty }) else { return true }
    return !samples.isEmpty && divergences[probe]?.point(at: step)?.step == step
  }

  /// Adds the samples of a file to what was measured at their step.
  mutating func addSamples(
    _ samples: [ComparedSample], of record: PendingLogitsFiles.Record, file: String
  ) {
    guard isMeasured(samples, of: record.probe, step: record.step) else { return }
    distributions.change(record.probe) {
      $0.add(
        samples, step: record.step, logged: record.logged, policyInEvalMode: record.policyInEvalMode,
        file: file, row: record.row)
    }
    refreshDivergences()
  }

  /// Takes back what a file held that is left out after all.
  mutating func removeSamples(ofFile file: String, of record: PendingLogitsFiles.Record) {
    evidence.remove(file: file)
    guard divergences[record.probe] != nil else { return }
    distributions.change(record.probe) { $0.remove(file: file, step: record.step) }
    refreshDivergences()
  }

  /// States whether a file of logits is left out, and why; nil where it is not.
  mutating func noteUnusable(_ path: String, step: Int, reason: String?) {
    ledger.set(
      .unusableDistribution, series: path, step: step, count: reason == nil ? 0 : 1,
      evidence: OccurrenceEvidence(reason: reason ?? ""))
  }

  /// The KLs that stand in the same record as the logits of a set; never those of another phase or set.
  func loggedKLs(of record: Record, set: String?, batch: RecordBatch) -> RecordKLs {
    loggedKLs(of: record, set: set, knownSets: knownSets, batch: batch)
  }

  func loggedKLs(of record: Record, set: String?, knownSets: Set<String>, batch: RecordBatch)
    -> RecordKLs
  {
    var kls = RecordKLs(phase: record.phase, set: set, knownSets: knownSets)
    for number in record.numbers {
      let key = batch.numberKeys[number]
      kls.add(
        table.series(ofKey: key, source: batch.source), id: table.id(ofKey: key, source: batch.source),
        value: batch.numbers[number])
    }
    return kls
  }

  mutating func noteSets(of measured: ComparedBatch) {
    distributions.note(sets: measured.measurements.lazy.compactMap(\.set))
    distributions.note(sets: measured.files.lazy.compactMap(\.set))
  }

  mutating func refreshDivergences() {
    distributions.refresh(everything: status.source != .reading)
  }
}
