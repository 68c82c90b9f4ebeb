package import RunAnalysis

/// An audit for people.
package enum AuditText {
  /// Several lines, without a final newline.
  ///
  /// A loss that rewards drift comes first, whatever else is right.
  package static func text(of audit: RunAudit) -> String {
    var lines = audit.audits.map { "\($0.verdict.rawValue): " + AuditSentence.text($0) }
    if lines.isEmpty { lines = ["no logged KL stands beside logits or sampled tokens that could check it"] }
    if let objective = audit.objective, objective.rewardsDrift {
      lines.insert("WRONG SIGN: " + self.objective(audit), at: 0)
    } else {
      lines.append("objective: " + objective(audit))
    }
    if let shift = audit.shift { lines.append("reference: " + AuditSentence.text(shift)) }
    return lines.joined(separator: "\n")
  }

  private static func objective(_ audit: RunAudit) -> String {
    guard let objective = audit.objective else {
      return "cannot be told: that takes the fine-tune loss, the total loss and the KL of the same steps"
    }
    return AuditSentence.text(objective, declared: audit.declaredLambda)
  }
}
