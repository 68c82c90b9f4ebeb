/// Something that is said anew, among a run's findings, whenever more of the run is known.
struct AuditFinding {
  var code: FindingCode
  var series: String?
  var step: Int
  var message: String

  /// Every code that the audit uses.
  static let codes: [FindingCode] = [
    .negativeKLSign, .loggedKLConvention, .referenceDrifts, .objectiveDiffers,
  ]
}

extension RunAudit {
  /// What a user should know; nothing about what is right.
  ///
  /// - Parameter firstStep: of the run.
  func findings(firstStep: Int) -> [AuditFinding] {
    let wrong = audits.filter { isWorthSaying($0) }
    var findings = wrong.map { audit in
      AuditFinding(
        code: .loggedKLConvention, series: audit.logged, step: audit.firstStep,
        message: AuditSentence.text(audit))
    }
    if let objective, objective.rewardsDrift {
      findings.append(
        AuditFinding(
          code: .negativeKLSign, series: objective.keys.total, step: firstStep,
          message: AuditSentence.text(objective, declared: declaredLambda)))
    } else if let objective, AuditSentence.differs(objective, from: declaredLambda) {
      findings.append(
        AuditFinding(
          code: .objectiveDiffers, series: objective.keys.total, step: firstStep,
          message: AuditSentence.text(objective, declared: declaredLambda)))
    }
    if let shift, !shift.isInTrainMode {
      findings.append(
        AuditFinding(
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
