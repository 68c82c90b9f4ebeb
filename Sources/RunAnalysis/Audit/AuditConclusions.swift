internal import RunModel

extension RunAudit {
  /// What a user should know; nothing about what is right.
  ///
  /// - Parameter firstStep: of the run.
  func conclusions(firstStep: Int) -> [Conclusion] {
    let wrong = audits.filter { isWorthSaying($0) }
    var findings = wrong.map { audit in
      Conclusion(
        code: .loggedKLConvention, series: audit.logged, step: audit.firstStep,
        message: AuditSentence.text(audit))
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

  /// False for what another finding says already: that a logged KL differs, or that the reference is not steady.
  private func isWorthSaying(_ audit: SeriesAudit) -> Bool {
    switch audit.explainedBy {
    case .policyReferenceBatchmean: false
    case .referenceDrifts: shift == nil
    case .none: audit.isMultiple
    default: true
    }
  }
}
