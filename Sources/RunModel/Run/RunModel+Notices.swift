internal import Curves
internal import RunLog

extension RunModel {
  /// - Parameter step: of the record that the notice comes before.
  mutating func apply(_ notice: LogNotice, step: Int, of batch: RecordBatch) {
    switch notice.kind {
    case .rejected(let reason):
      remarks.reject(line: notice.line, reason: reason, file: batch.file, rowsBefore: rows.count)
    case .unusable(let reason):
      ledger.add(
        .unusableDistribution, series: nil, step: step,
        evidence: OccurrenceEvidence(
          reason: "\(place(of: notice, batch)): \(reason)", leftOut: LeftOut.subject(of: reason)))
    case .startedOver:
      remarks.forgetRejections(ofFile: batch.file, rowsBefore: rows.count)
      course.gaps.pause()
    case .run(let said): description.merge(said)
    case .ended(let said): course.end = RunEnd(said, row: rows.count - 1)
    case .printedOutput: remarks.forgetRejections(ofFile: batch.file, rowsBefore: rows.count)
    case .progress(let progress): course.statedProgress = progress
    case .checkpointUnknown(let model):
      ledger.add(
        .checkpointUnknown, series: nil, step: step, evidence: OccurrenceEvidence(reason: model))
    case .stepsRevised: forgetPoints(of: batch)
    case .restarted(let restart): self.restart(restart, line: notice.line, of: batch)
    case .stepOddity(let oddity): note(oddity, line: notice.line, of: batch)
    // What it means for the steps was decided where it was read.
    case .sessionStarted: course.gaps.pause()
    case .unusedKey(let key, _) where key.hasPrefix("config/"):
      // One word for all of them.
      remarks.logNotes.add(
        .unusedKey,
        "config/… is told as the configuration where it stands in a line with \"event\":\"run\"; here its numbers are taken for metrics",
        line: nil, file: batch.file)
    case .unusedKey(let key, let value):
      remarks.logNotes.add(
        .unusedKey, "\(key) has no numbers, but values such as “\(value)”", line: nil, file: batch.file)
    case .remark(let text):
      remarks.logNotes.add(.reading, text, line: notice.line > 0 ? notice.line : nil, file: batch.file)
    }
  }

  private func place(of notice: LogNotice, _ batch: RecordBatch) -> String {
    (batch.file.map { "\($0) " } ?? "") + "line \(notice.line)"
  }
}

extension RunDescription {
  /// Later statements win, what they leave out stays.
  fileprivate mutating func merge(_ said: RunDescription) {
    name = said.name ?? name
    classes = said.classes ?? classes
    lambda = said.lambda ?? lambda
    sign = said.sign ?? sign
    totalSteps = said.totalSteps ?? totalSteps
    configuration.merge(said.configuration) { $1 }
    if !said.configuration.isEmpty { configurationSource = said.configurationSource }
  }
}
