#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Guaranteed lower bounds, in nats, of both divergences from the log-probabilities of some of the entries.
///
/// The mass that the listed entries leave goes into one bucket for each model. Merging entries never raises a
/// divergence (data-processing inequality), so Σ p·log(p/q) + p_tail·log(p_tail/q_tail) is a lower bound of
/// D(P‖Q). Log-probabilities in a log are rounded, which could push that above D; the least value over all
/// distributions within `tolerance` is taken instead.
public struct TruncatedDivergence: Sendable, Hashable {
  /// D(π_θ‖π_θ0) is at least this: ≥ 0, +∞ where a listed entry has P > 0 and Q = 0, NaN where an input is.
  public let policyReferenceBound: Double
  /// D(π_θ0‖π_θ) is at least this, with the same conventions.
  public let referencePolicyBound: Double
  /// Σ p over the listed entries, in 0…1.
  public let policyMass: Double
  /// Σ q over the listed entries, in 0…1.
  public let referenceMass: Double

  /// Rounding of float32 log-probabilities down to −16 nats, twice over.
  public static let defaultTolerance = 0x1p-20

  /// A listed mass above this is no rounding: the numbers are not log-probabilities.
  private static let greatestMass = 1.01

  /// Log-probabilities of both models for the same distinct ids; each may be off by `tolerance` nats.
  ///
  /// The bounds are NaN where the numbers cannot be log-probabilities: a NaN, or a mass well above 1. Throws
  /// where the lists have different lengths.
  public init(
    policy: Span<Double>, reference: Span<Double>, tolerance: Double = defaultTolerance
  ) throws(ShapeError) {
    guard policy.count == reference.count else { throw .shapesDiffer([policy.count], [reference.count]) }
    let policyList = ListedMass(of: policy, tolerance: tolerance)
    let referenceList = ListedMass(of: reference, tolerance: tolerance)
    let isValid = policyList.mass <= Self.greatestMass && referenceList.mass <= Self.greatestMass
    policyReferenceBound =
      isValid ? Self.bound(policy, policyList, reference, referenceList, tolerance) : .nan
    referencePolicyBound =
      isValid ? Self.bound(reference, referenceList, policy, policyList, tolerance) : .nan
    policyMass = min(1, policyList.mass)
    referenceMass = min(1, referenceList.mass)
  }

  /// The lower bound of D(P‖Q).
  private static func bound(
    _ p: Span<Double>, _ pList: ListedMass, _ q: Span<Double>, _ qList: ListedMass, _ tolerance: Double
  ) -> Double {
    var sum = 0.0
    for index in p.indices {
      let probability = exp(p[index])
      if probability == 0 { continue }
      if q[index] == -.infinity { return .infinity }
      let ratio = p[index] - q[index]
      // p·(log p − log q) moves by at most this where both logarithms move by the tolerance.
      sum += probability * (ratio - tolerance * (abs(ratio) + 2))
    }
    return max(0, sum + leastTailTerm(pList.tail, qList.tail))
  }

  /// The least p·log(p/q) over the possible masses of the tails.
  private static func leastTailTerm(_ p: ClosedRange<Double>, _ q: ClosedRange<Double>) -> Double {
    // It falls as q grows, and over p it is least at q/e.
    let greatest = q.upperBound
    let least = min(max(greatest / M_E, p.lowerBound), p.upperBound)
    return least == 0 ? 0 : least * log(least / greatest)
  }
}

/// The probability that a list of log-probabilities covers, and what it leaves.
private struct ListedMass {
  let mass: Double
  /// Possible masses of the entries that are not listed.
  let tail: ClosedRange<Double>

  init(of logProbabilities: Span<Double>, tolerance: Double) {
    var mass = 0.0
    for index in logProbabilities.indices { mass += exp(logProbabilities[index]) }
    self.mass = mass
    // A mass above 1 shows how far off the numbers are.
    let slack = max(mass * tolerance, mass - 1)
    let rest = 1 - mass
    tail = mass.isFinite ? max(0, rest - slack)...max(0, rest + slack) : 0...1
  }
}
