internal import RunLog

extension RunModel {
  /// - Parameter step: of the record that the notice comes before.
  mutating func apply(_ notice: LogNotice, step: Int, of batch: RecordBatch) {
    switch notice.kind {
    case .rejected(let reason): rejections.add(line: notice.line, reason: reason)
    case .unusable(let reason):
      ledger.add(
        .unusableDistribution, series: nil, step: step,
        evidence: FindingEvidence(
          reason: "line \(notice.line): \(reason)", leftOut: LeftOut.subject(of: reason)))
    case .startedOver:
      rejections = Rejections()
      startedOver = lastStep != nil
    case .run(let said): description.merge(said)
    case .printedOutput: rejections = Rejections()
    case .stepsRevised: forgetPoints(of: batch)
    case .sessionStarted(let start): startSession(at: start, line: notice.line, of: batch)
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
