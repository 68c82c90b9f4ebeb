/// Who sampled the tokens that estimates are made from.
package enum TokenOrigin: Sendable, Hashable {
  case policy
  case reference
  case other

  /// - Parameter text: as the log says it; a log that says nothing means the policy.
  package init(_ text: String?) {
    switch text?.lowercased() {
    case nil, "policy", "actor", "tuned": self = .policy
    case "reference", "ref", "base", "reference_policy", "ref_policy", "ref_model", "base_model":
      self = .reference
    default: self = .other
    }
  }

  /// What k1 then estimates, as one sentence; `nil` for tokens of the policy.
  func warning(probe: String, text: String) -> String? {
    switch self {
    case .policy: nil
    case .reference:
      "tokens of \(probe) were sampled from \(text), not from the policy: the mean of k1 is then "
        + "−D(reference‖policy), and k2 and k3 do not estimate D(policy‖reference) either"
    case .other:
      "tokens of \(probe) were sampled from \(text), not from the policy: k1 is then the mean log-ratio of the two "
        + "models on those tokens, no divergence"
    }
  }
}
