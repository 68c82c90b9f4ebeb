internal import RunModel

/// The conclusions of an audit in one sentence each, with the evidence.
package enum AuditSentence {
  /// `eval/kl is D(reference‖policy) …: what to do (21 steps, 0.53 × D(policy‖reference), relative error 1e-07)`.
  package static func text(_ audit: SeriesAudit) -> String {
    let verb = audit.isCertain ? "is" : "is consistent with"
    let detail = audit.detail.isEmpty ? "" : " (\(audit.detail))"
    let weight = "is it multiplied by a weight? It is the same multiple of D(policy‖reference) at every step"
    let advice = audit.isMultiple ? weight : explanations[audit.explainedBy]?.advice ?? ""
    let what = (explanations[audit.explainedBy]?.what ?? "") + detail
    let others =
      audit.alternatives.isEmpty
      ? "" : "; as well explained by \(audit.alternatives.map(\.rawValue).joined(separator: ", "))"
    return
      "\(audit.logged) \(verb) \(what)\(advice.isEmpty ? "" : ": \(advice)") (\(evidence(audit)))\(others)"
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

  private static let explanations: [KLConvention: (what: String, advice: String)] = {
    var all: [KLConvention: (what: String, advice: String)] = [
      .policyReferenceBatchmean: ("D(policy‖reference), mean over rows, in nats", ""),
      .probabilitiesAsInput: (
        "kl_div with probabilities as input", "its first argument is the log_softmax of the reference"
      ),
      .logTargetForgotten: (
        "kl_div with log-probabilities as target but without log_target, which gives NaN",
        "pass log_target=True, or probabilities as target"
      ),
      .logTargetWronglySet: (
        "kl_div with probabilities as target and log_target=True",
        "drop log_target, or pass log-probabilities"
      ),
      .k1: (
        "k1, the mean log-ratio of sampled tokens",
        "an unbiased but noisy estimate that can be negative, not the divergence"
      ),
      .k2: ("k2, half the mean squared log-ratio of sampled tokens", "a biased estimate, not the divergence"),
      .k3: ("k3 of sampled tokens", "an unbiased estimate, not the divergence over the whole vocabulary"),
      .clamped: ("a clamped KL", "what lies beyond the bound is cut off"),
      .temperature: ("D(policy‖reference) of logits divided by a temperature", "measure at temperature 1"),
      .policyInTrainMode: (
        "measured with the policy in train mode",
        "its dropout and batch statistics are in the number; call policy.eval() first"
      ),
      .referenceDrifts: (
        "measured against a reference that changes between steps",
        "call reference.eval() once and never train(): batch statistics move even under no_grad"
      ),
      .none: ("none of the known conventions", "check that it is about the same rows as the logits"),
    ]
    for (convention, policyFirst, what, advice) in reductions {
      let direction = policyFirst ? "D(policy‖reference)" : "D(reference‖policy)"
      let swapped =
        policyFirst ? "" : "the arguments are swapped, kl_div takes the reference's log-probabilities first"
      all[convention] = (
        direction + what, [swapped, advice].filter { !$0.isEmpty }.joined(separator: "; and ")
      )
    }
    return all
  }()

  private static let reductions: [(KLConvention, Bool, String, String)] = [
    (.policyReferenceMean, true, divided, useBatchmean), (.policyReferenceSum, true, summed, useBatchmean),
    (.policyReferenceBits, true, inBits, useNats), (.policyReferencePerSequence, true, perSequence, flatten),
    (.referencePolicyBatchmean, false, "", ""), (.referencePolicyMean, false, divided, useBatchmean),
    (.referencePolicySum, false, summed, useBatchmean), (.referencePolicyBits, false, inBits, useNats),
    (.referencePolicyPerSequence, false, perSequence, flatten),
  ]
  private static let divided = " divided by the number of classes as well"
  private static let summed = " summed over rows"
  private static let inBits = " in bits"
  private static let perSequence = " summed over the tokens of a sequence"
  private static let useBatchmean = "use reduction=\"batchmean\""
  private static let useNats = "multiply by ln 2 for nats"
  private static let flatten = "batchmean divides [B,T,V] by B alone, flatten to [B·T,V] first"
}

extension AuditSentence {
  /// `total_loss = loss + 0.05 ± 0.0001 · kl (60 steps)`.
  package static func text(_ objective: ObjectiveEstimate, declared: Double?) -> String {
    let keys = objective.keys
    let error = objective.standardError.map { " ± \(SentenceNumber.text($0))" } ?? ""
    let sign = objective.rewardsDrift ? "−" : "+"
    let steps = objective.steps == 1 ? "1 step" : "\(objective.steps) steps"
    let weighted =
      "\(keys.fineTune) \(sign) \(SentenceNumber.text(objective.lambda))\(error) · \(keys.kl)"
    let formula =
      switch objective.form {
      case .constant: "\(keys.total) = \(weighted) (\(steps))"
      case .divided(let divisor):
        "\(keys.total) = (\(weighted)) ÷ \(divisor) (\(steps)): the total is divided by \(divisor)"
      case .changing(let from, let reachedAt):
        "\(keys.total) = \(keys.fineTune) + λ · \(keys.kl), λ \(course(objective, from: from, reachedAt: reachedAt)) (\(steps))"
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

  /// True where the losses contradict what the log says of its objective.
  static func differs(_ objective: ObjectiveEstimate, from declared: Double?) -> Bool {
    guard let declared else { return false }
    let tolerance = max(3 * (objective.standardError ?? 0), 0.01 * abs(declared))
    return abs(objective.signedLambda - declared) > tolerance
  }

  /// The reference is not the same model at every step.
  package static func text(_ shift: RunAudit.Shift) -> String {
    "the reference changes: its distributions on the same inputs had moved by \(SentenceNumber.text(shift.mean)) nats a "
      + "row since it was first measured (first seen at step \(shift.firstStep)); call reference.eval() and never "
      + "train(), batch statistics move even under no_grad"
  }
}
