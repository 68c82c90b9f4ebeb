internal import RunModel

extension RunAudit {
  /// What a user should know; nothing about what is right.
  ///
  /// - Parameter firstStep: of the run.
  func conclusions(firstStep: Int) -> [Conclusion] {
    var findings = audits.filter { isWorthSaying($0) }.map { audit in
      Conclusion(
        code: audit.parts == [.none] ? .loggedKLDiffers : .loggedKLConvention, series: audit.logged,
        step: audit.contradiction?.step ?? audit.firstStep, message: AuditSentence.text(audit))
    }
    if let objective, objective.rewardsDrift {
      findings.append(
        Conclusion(
          code: .negativeKLSign, series: objective.keys.total, step: firstStep,
          message: AuditSentence.text(objective, declared: declaredLambda)))
    } else if let objective, AuditSentence.differs(objective, from: declaredLambda) {
      findings.append(
        Conclusion(
          code: .objectiveDiffers, series: objective.keys.total, step: firstStep,
          message: AuditSentence.text(objective, declared: declaredLambda)))
    }
    if let shift, !shift.isInTrainMode {
      findings.append(
        Conclusion(
          code: .referenceDrifts, series: nil, step: shift.firstStep, message: AuditSentence.text(shift)))
    }
    return findings
  }

  /// False for what another finding says already, and for what nothing contradicts.
  private func isWorthSaying(_ audit: SeriesAudit) -> Bool {
    guard audit.verdict == .wrong else { return false }
    if audit.parts == [.referenceDrifts] { return shift == nil }
    guard audit.parts == [.none] else { return true }
    // Beside a KL that is right, another key of the same records is about something else.
    return audit.contradiction != nil && !audits.contains { $0.isRight && $0.probe == audit.probe }
  }
}
