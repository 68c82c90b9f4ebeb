internal import Curves
internal import RunLog

extension RunModel {
  mutating func apply(_ index: Int, of batch: RecordBatch, measurements: ArraySlice<Measurement>) {
    let record = batch.records[index]
    if !record.modes.isEmpty || !measurements.isEmpty { measuredSource = batch.source }
    ledger.begin(row: rows.count, isLate: sources[batch.source].lastStep.map { record.step < $0 } ?? false)
    noteStep(of: record, source: batch.source)
    // A training that goes on has not ended.
    end = nil
    gaps.note(time: record.time)
    modes.note(record.modes, phase: record.phase, step: record.step, row: rows.count)
    noteModes(of: record)
    table.append(index, of: batch)
    noteNonfiniteLosses(of: record, batch: batch)
    noteEvaluationMode(of: record, batch: batch)
    if measurements.allSatisfy(\.samples.isEmpty) { noteStart(of: record, batch: batch) }
    for measurement in measurements { apply(measurement, record: record, batch: batch) }
    noteEvidence(record, of: batch, measurements: measurements)
  }

  private mutating func noteStep(of record: Record, source: Int) {
    if firstStep.map({ record.step < $0 }) ?? true { firstSteps.append((rows.count, record.step)) }
    firstStep = min(firstStep ?? record.step, record.step)
    sources[source].note(step: record.step, row: rows.count)
  }

  private mutating func noteNonfiniteLosses(of record: Record, batch: RecordBatch) {
    for number in record.numbers where !batch.numbers[number].isFinite {
      let series = table.series(ofKey: batch.numberKeys[number], source: batch.source)
      guard let role = series.role, role.isLoss || role.isKL else { continue }
      ledger.add(
        role.isLoss ? .nonfiniteLoss : .nonfiniteKL, series: series.name, step: record.step,
        evidence: OccurrenceEvidence(value: batch.numbers[number]))
    }
  }

  /// A KL that was only logged shows a broken start as well as one from logits.
  private mutating func noteStart(of record: Record, batch: RecordBatch) {
    let isUnknown = record.phase == .eval && record.modes.policy == nil
    guard record.step == firstStep, record.modes.policy == .eval || isUnknown else { return }
    for kl in loggedKLs(of: record, set: nil, knownSets: [], batch: batch).distances
    where StartRule.isBroken(by: kl.value, at: record.step, firstStep: record.step) {
      ledger.add(
        .apartAtFirstStep, series: series[kl.series].name, step: record.step,
        evidence: OccurrenceEvidence(value: kl.value, reason: isUnknown ? StartRule.unknownMode : ""))
    }
  }

  private mutating func noteModes(of record: Record) {
    // Nearly all records say what the one before said.
    if record.modes == harmless?.modes, record.phase == harmless?.phase { return }
    guard Self.switches.contains(where: { $0.holds(record) }) else {
      harmless = (record.modes, record.phase)
      return
    }
    for (kind, holds) in Self.switches where holds(record) {
      let reason = kind == .trainingInEvalMode ? "mode eval" : ""
      ledger.add(kind, series: nil, step: record.step, evidence: OccurrenceEvidence(reason: reason))
    }
  }

  /// What a record's switches alone tell.
  private static let switches: [(kind: Occurrence.Kind, holds: @Sendable (Record) -> Bool)] = [
    // A reference that is the policy with its adapters off cannot have a mode of its own.
    (.referenceInTrainMode, { $0.modes.reference == .train && !$0.modes.referenceIsAdapterOff }),
    (.referenceWithGradients, { $0.modes.referenceGradients == true }),
    (.trainingInEvalMode, { $0.phase == .train && $0.modes.policy == .eval }),
    (.trainingWithoutGradients, { $0.phase == .train && $0.modes.policyGradients == false }),
    (.evaluationInTrainMode, { $0.phase == .eval && $0.modes.policy == .train }),
    (.evaluationWithGradients, { $0.phase == .eval && $0.modes.policyGradients == true }),
  ]

  mutating func note(_ text: RecordText) {
    guard texts[text.key] != nil || texts.count < Self.keptTexts else { return }
    texts[text.key] = text.text
  }

  /// A log with more string keys than this keeps the first ones: they are only shown.
  private static let keptTexts = 256

  /// Notes where a row of training has metrics of eval mode.
  mutating func noteEvaluationMode(of record: Record, batch: RecordBatch) {
    guard TrainingRows.mayBe(in: batch.status.dialectOfSource(batch.source)) else { return }
    let ids = record.numbers.lazy.map { [table] in
      table.id(ofKey: batch.numberKeys[$0], source: batch.source)
    }
    guard let metric = trainingRows.evaluationMetric(of: ids, in: series) else { return }
    ledger.add(
      .trainingInEvalMode, series: nil, step: record.step,
      evidence: OccurrenceEvidence(reason: series[metric].name))
  }
}

/// Before the first update policy and reference are the same model.
package enum StartRule {
  /// Nats above which a model has left its start: far above float32 rounding, far below one optimiser step.
  private static let tolerance = 1e-4
  /// What else explains it where the log does not say how the policy was switched.
  package static let unknownMode =
    "; the log does not say whether the policy was in eval mode: its dropout would do it too"

  /// False for a log that begins later: its first evaluation came after an update.
  ///
  /// - Parameter divergence: D(policy‖reference) at `step`, measured with the policy in eval mode, nats.
  package static func isBroken(by divergence: Double, at step: Int, firstStep: Int) -> Bool {
    step == firstStep && firstStep <= 0 && divergence > tolerance
  }
}
