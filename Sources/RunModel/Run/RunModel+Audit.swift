internal import Curves
internal import RunLog

extension RunModel {
  /// Takes in estimates and bounds, and says what is wrong with them.
  mutating func noteEstimates(_ measurement: Measurement, record: Record, logged: Double?) {
    let probe = ProbeKey(phase: record.phase, set: measurement.set)
    for reason in measurement.unusable {
      ledger.add(
        .unusableDistribution, series: nil, step: record.step,
        evidence: OccurrenceEvidence(reason: "line \(record.line): \(reason)"))
    }
    guard measurement.tokens != nil || measurement.bounds != nil else { return }
    estimates[probe, default: EstimateTrack(probe: probe)].add(
      measurement, step: record.step, logged: logged, row: rows.count - 1)
    let text = measurement.tokens?.sampledFrom
    if let warning = TokenOrigin(text).warning(probe: probe.label, text: text ?? "") {
      ledger.add(
        .tokensNotFromPolicy, series: probe.label, step: record.step,
        evidence: OccurrenceEvidence(reason: warning))
    }
  }

  /// Keeps what a logged KL can be checked against.
  mutating func noteEvidence(_ record: Record, of batch: RecordBatch, measurements: ArraySlice<Measurement>) {
    guard let first = measurements.first else { return }
    // What a record logs is about all its rows, those without a reference too.
    guard measurements.allSatisfy({ $0.rowsWithoutReference == 0 }) else { return }
    var sums = ConventionSums()
    var shift: ReferenceShift?
    for measurement in measurements {
      var part = ConventionSums(measurement.samples)
      part.tokens = measurement.tokens
      if let quantities = measurement.logitsQuantities { part.take(quantities) }
      sums.merge(part)
      shift = shift ?? measurement.shift
    }
    guard sums.rows > 0 || sums.tokens != nil else { return }
    evidence.add(
      AuditRecord(
        step: record.step, row: rows.count - 1,
        probe: ProbeKey(phase: record.phase, set: first.set),
        logged: loggedKLs(of: record, set: first.set, batch: batch).entries.map {
          AuditRecord.LoggedKL(series: $0.series, value: $0.value)
        },
        modes: modes.change(phase: record.phase, at: record.step)?.modes ?? record.modes,
        sums: sums, shift: shift))
  }

  /// Keeps what the logits of a file tell about a logged KL: a record for each phase and set.
  mutating func noteEvidence(
    _ file: ComparedLogitsFile, of record: PendingLogitsFiles.Record, path: String
  ) {
    for part in file.parts {
      var sums = part.sums ?? ConventionSums(part.samples, vocabulary: file.vocabulary)
      guard sums.rows > 0 else { continue }
      for tokens in part.tokens {
        var all = sums.tokens ?? TokenEvidence(sample: nil, sampledFrom: nil)
        all.merge(tokens)
        sums.tokens = all
      }
      if file.parts.count == 1, let quantities = file.quantities { sums.take(quantities) }
      let probe = part.probe ?? record.probe
      evidence.add(
        file: AuditRecord(
          step: record.step, row: record.row, probe: probe,
          // A record that names a file of several sets is about none of them alone.
          logged: file.parts.count == 1 ? record.loggedKLs : [],
          modes: part.modes ?? modes.change(phase: probe.phase, at: record.step)?.modes ?? record.modes,
          sums: sums, shift: file.shift, file: path, isReduced: part.samples.allSatisfy { $0.origin == .rows }
        ))
    }
  }
}
