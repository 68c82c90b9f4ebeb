internal import CVectorMath

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Running sums over the blocks of a row, from which every quantity of the row follows.
///
/// With p = exp(x) and q = exp(y), where x and y are the logits less the maxima so far: Σp, Σq, Σp·(x−y),
/// Σq·(x−y), Σp·x and Σq·y. D(P‖Q) = Σp·(x−y)/Σp − log Σp + log Σq, and so on.
struct RowMoments {
  private(set) var policyMaximum: Double = -.infinity
  private(set) var referenceMaximum: Double = -.infinity
  private(set) var sums = CVMMoments()
  private var masks = CVMMasks(
    policy_where_reference_masked: -.infinity, reference_where_policy_masked: -.infinity,
    masks_differ: false, needs_float64: false)
  /// Smallest policy logit where the reference is −∞, +∞ where there is none.
  private var leastPolicyUnderMask = Double.infinity

  /// Makes the sums relative to maxima that are at least as high.
  ///
  /// Both at once: for equal models the two shifts cancel exactly.
  mutating func raiseMaxima(policy: Double, reference: Double) {
    let policyShift = policyMaximum > -.infinity ? policy - policyMaximum : 0
    let referenceShift = referenceMaximum > -.infinity ? reference - referenceMaximum : 0
    let policyFactor = exp(-policyShift), referenceFactor = exp(-referenceShift)
    let ratioShift = referenceShift - policyShift
    sums.policy_log_ratio = policyFactor * (sums.policy_log_ratio + ratioShift * sums.policy_mass)
    sums.reference_log_ratio = referenceFactor * (sums.reference_log_ratio + ratioShift * sums.reference_mass)
    sums.policy_exponent = policyFactor * (sums.policy_exponent - policyShift * sums.policy_mass)
    sums.reference_exponent =
      referenceFactor * (sums.reference_exponent - referenceShift * sums.reference_mass)
    sums.policy_mass *= policyFactor
    sums.reference_mass *= referenceFactor
    policyMaximum = policy
    referenceMaximum = reference
  }

  /// Adds a block's sums, taken relative to the current maxima.
  mutating func add(_ block: CVMMoments) {
    sums.policy_mass += block.policy_mass
    sums.reference_mass += block.reference_mass
    sums.policy_log_ratio += block.policy_log_ratio
    sums.reference_log_ratio += block.reference_log_ratio
    sums.policy_exponent += block.policy_exponent
    sums.reference_exponent += block.reference_exponent
  }

  mutating func add(_ block: CVMMasks) {
    masks.policy_where_reference_masked =
      max(masks.policy_where_reference_masked, block.policy_where_reference_masked)
    masks.reference_where_policy_masked =
      max(masks.reference_where_policy_masked, block.reference_where_policy_masked)
    masks.masks_differ = masks.masks_differ || block.masks_differ
  }

  mutating func add(leastPolicyUnderMask least: Double) {
    leastPolicyUnderMask = min(leastPolicyUnderMask, least)
  }

  /// The row's quantities; `count` entries were added, at least one of each model above −∞.
  func result(count: Int, policyArgmax: Int, referenceArgmax: Int) -> RowDivergence {
    let logPolicyMass = log(sums.policy_mass), logReferenceMass = log(sums.reference_mass)
    let greatestEntropy = log(Double(count))
    let policyEntropy = logPolicyMass - sums.policy_exponent / sums.policy_mass
    let referenceEntropy = logReferenceMass - sums.reference_exponent / sums.reference_mass
    var result = RowDivergence(
      policyReference: policyReference(logReferenceMass - logPolicyMass),
      referencePolicy: referencePolicy(logPolicyMass - logReferenceMass),
      policyEntropy: min(max(0, policyEntropy), greatestEntropy),
      referenceEntropy: min(max(0, referenceEntropy), greatestEntropy),
      policyArgmax: policyArgmax, referenceArgmax: referenceArgmax, masksDiffer: masks.masks_differ)
    result.policyLogMass = policyMaximum + logPolicyMass
    result.referenceLogMass = referenceMaximum + logReferenceMass
    result.leastLogProbabilityUnderMask = leastPolicyUnderMask - result.policyLogMass
    return result
  }

  private func policyReference(_ logMassRatio: Double) -> Double {
    // A probability that underflows float64 counts as 0, and 0·log(0/0) = 0.
    let unsupported = exp(masks.policy_where_reference_masked - policyMaximum) / sums.policy_mass
    if unsupported > 0 { return .infinity }
    return max(0, sums.policy_log_ratio / sums.policy_mass + logMassRatio)
  }

  private func referencePolicy(_ logMassRatio: Double) -> Double {
    let unsupported = exp(masks.reference_where_policy_masked - referenceMaximum) / sums.reference_mass
    if unsupported > 0 { return .infinity }
    return max(0, -sums.reference_log_ratio / sums.reference_mass + logMassRatio)
  }
}
