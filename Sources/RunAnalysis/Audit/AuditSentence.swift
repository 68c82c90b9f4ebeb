internal import RunModel

/// The conclusions of an audit in one sentence each, with the evidence.
package enum AuditSentence {
  /// `eval/kl is D(reference‖policy) …: what to do (21 steps, 0.53 × D(policy‖reference), relative error 1e-07)`.
  package static func text(_ audit: SeriesAudit) -> String {
    if audit.parts == [.none] { return unexplained(audit) }
    let verb = audit.isCertain ? "is" : "is consistent with"
    let what = audit.parts.map { explanation(of: $0).what }.joined(separator: ", and ")
    let advice = audit.parts.map { explanation(of: $0).advice }.filter { !$0.isEmpty }.joined(
      separator: "; and ")
    let detail = audit.detail.isEmpty ? "" : " (\(audit.detail))"
    let others =
      audit.alternatives.isEmpty
      ? ""
      : "; as well explained by \(audit.alternatives.map { SeriesAudit.code($0) }.joined(separator: ", or by "))"
    return
      "\(audit.logged) \(verb) \(what)\(detail)\(advice.isEmpty ? "" : ": \(advice)") (\(evidence(audit)))\(others)"
  }

  private static func unexplained(_ audit: SeriesAudit) -> String {
    var text = "\(audit.logged) is none of the known conventions"
    if let found = audit.contradiction {
      text +=
        ": it is \(SentenceNumber.text(found.logged)) where the logits give \(SentenceNumber.text(found.computed)) nats "
        + "(first at step \(found.step))"
    }
    text +=
      audit.detail.isEmpty ? "; check that it is about the same rows as the logits" : "; \(audit.detail)"
    if audit.needsLogits {
      text += "; rows cannot tell masks, temperatures, axes and half precision: that needs logits"
    }
    return text + " (\(evidence(audit)))"
  }

  private static func evidence(_ audit: SeriesAudit) -> String {
    var parts = [audit.steps == 1 ? "1 step" : "\(audit.steps) steps"]
    if let shift = audit.shift { parts.append("it moved by \(SentenceNumber.text(shift)) nats a row") }
    if let ratio = audit.ratio, !audit.isRight {
      parts.append("logged ÷ D(policy‖reference) = \(SentenceNumber.text(ratio))")
    }
    if let error = audit.relativeError { parts.append("relative error \(SentenceNumber.text(error))") }
    return parts.joined(separator: ", ")
  }
}

extension AuditSentence {
  /// `total_loss = loss + 0.05 ± 0.0001 · kl (60 steps)`; the ± is one standard error.
  package static func text(_ objective: ObjectiveEstimate, declared: Double?) -> String {
    let keys = objective.keys
    let error = objective.standardError.map { " ± \(SentenceNumber.text($0))" } ?? ""
    let sign = objective.rewardsDrift ? "−" : "+"
    let steps = objective.steps == 1 ? "1 step" : "\(objective.steps) steps"
    let weighted =
      "\(keys.fineTune) \(sign) \(SentenceNumber.text(objective.lambda))\(error) · \(keys.kl)"
    let formula =
      switch objective.form {
      case .constant:
        "\(keys.total) = \(weighted) (\(steps))"
          + (objective.unexplained > mostUnexplained
            ? "; something else than the KL is in the total too" : "")
      case .divided(let divisor):
        "\(keys.total) = (\(weighted)) ÷ \(divisor) (\(steps)): the total is divided by \(divisor)"
      case .changing(let from, let reachedAt):
        "\(keys.total) = \(keys.fineTune) + λ · \(keys.kl), λ \(course(objective, from: from, reachedAt: reachedAt)) (\(steps))"
      case .withTerm(let key, let weight):
        "\(keys.total) = \(weighted) + \(SentenceNumber.text(weight)) · \(key) (\(steps))"
      }
    let claim = declared.map { claimed in
      differs(objective, from: claimed)
        ? "; the log claims \(SentenceNumber.text(claimed))" : "; as the log says"
    }
    guard objective.rewardsDrift else {
      return objective.steps > 1 ? formula + (claim ?? "") : "consistent with \(formula)" + (claim ?? "")
    }
    return "the loss REWARDS drift: \(formula): minimising it drives the policy away from the reference; "
      + "change the sign of the KL term\(claim ?? "")"
  }

  /// `rises from 0 to 0.1 by step 50`.
  private static func course(_ objective: ObjectiveEstimate, from: Double, reachedAt: Int?) -> String {
    let last = objective.signedLambda
    // What rounding leaves of nothing.
    let first = abs(from) < 1e-3 * abs(last) ? 0 : from
    let verb = abs(last) > abs(first) ? "rises" : "falls"
    return "\(verb) from \(SentenceNumber.text(first)) to \(SentenceNumber.text(last))"
      + (reachedAt.map { " by step \($0)" } ?? " and still moves")
  }

  private static let mostUnexplained = 0.05

  /// True where the losses contradict what the log says of its objective.
  static func differs(_ objective: ObjectiveEstimate, from declared: Double?) -> Bool {
    // Where something else is in the total too, its part may pass for one of the weight.
    guard let declared, objective.unexplained <= mostUnexplained else { return false }
    let tolerance = max(4 * (objective.standardError ?? 0), 0.01 * abs(declared))
    return abs(objective.signedLambda - declared) > tolerance
  }

  /// The reference is not the same model at every step.
  package static func text(_ shift: RunAudit.Shift) -> String {
    let (kind, advice) =
      switch shift.kind {
      case .policy:
        (
          "it is the policy itself at every step, so that the KL is 0 whatever the policy does",
          "make it a copy (copy.deepcopy) of the model that tuning starts from"
        )
      case .previousPolicy:
        (
          "it is the policy of the evaluation before",
          "load the model that tuning started from, not the last checkpoint"
        )
      case .jumps:
        (
          "it stays for some evaluations and then jumps, as a reference that is replaced at saves does",
          "keep the model that tuning started from, or turn off what syncs the reference"
        )
      case .steady:
        (
          "it moves from each evaluation to the next, as a moving average (EMA) of the policy does, or batch statistics "
            + "where the model has them",
          "freeze it: no averaging, and reference.eval() once and never train(), since batch statistics move even "
            + "under no_grad"
        )
      }
    return "the reference changes: its distributions on the same inputs had moved by "
      + "\(SentenceNumber.text(shift.mean)) nats a row since it was first measured (first seen at step "
      + "\(shift.firstStep)): \(kind); \(advice)"
  }
}
