internal import Divergence
internal import RunLog

/// Estimates of the divergence from the sampled tokens of one sample of one record, nats.
package struct TokenEvidence: Sendable {
  /// `nil` where the log does not name the sample.
  package var sample: String?
  /// Who the tokens were sampled from, as the log says it.
  package var sampledFrom: String?
  package var k1 = RunningMoments()
  package var k2 = RunningMoments()
  package var k3 = RunningMoments()
  /// What clamped estimates add up to.
  var clamped = ClampedTokenSums()
  /// What other weightings and the tokens that the mask leaves out add up to.
  package var sums = TokenSums()

  /// Tokens that the mask leaves.
  package var tokens: Int { k1.count }

  init(sample: String?, sampledFrom: String?) {
    self.sample = sample
    self.sampledFrom = sampledFrom
  }

  /// Measures the tokens that the mask leaves; `nil` where there is none.
  init?(_ sampled: SampledTokens) {
    self.init(sample: sampled.sample, sampledFrom: sampled.sampledFrom)
    let counted = sampled.policy.indices.filter { sampled.mask.isEmpty || sampled.mask[$0] }
    add(policy: counted.map { sampled.policy[$0] }, reference: counted.map { sampled.reference[$0] })
    if tokens == 0 { return nil }
    if !sampled.mask.isEmpty { sums.addAll(policy: sampled.policy, reference: sampled.reference) }
  }

  /// Adds the log-probabilities that both models give to some tokens, as many of each.
  mutating func add(policy: [Double], reference: [Double]) {
    guard let estimates = try? SampledEstimators(policy: policy.span, reference: reference.span) else {
      return
    }
    for index in policy.indices {
      let (k1, k2, k3) = (estimates.k1[index], estimates.k2[index], estimates.k3[index])
      self.k1.add(k1)
      self.k2.add(k2)
      self.k3.add(k3)
      clamped.add(k1: k1, k2: k2, k3: k3)
    }
    sums.addCounted(estimates)
  }

  /// Takes in the tokens of another sample; tokens of several origins have none.
  mutating func merge(_ other: TokenEvidence) {
    if other.sampledFrom != sampledFrom, tokens > 0 { sampledFrom = "mixed" }
    if tokens == 0 { sampledFrom = other.sampledFrom }
    k1.merge(other.k1)
    k2.merge(other.k2)
    k3.merge(other.k3)
    clamped.merge(other.clamped)
    sums.merge(other.sums)
  }
}

/// Sums of estimates over the tokens of sequences.
package struct TokenSums: Sendable {
  package enum Estimator: Int, CaseIterable, Sendable { case k1, k2, k3 }

  private var counted = Array(repeating: QuantityCell(), count: Estimator.allCases.count)
  /// Over tokens that the mask leaves out too, where it leaves any out.
  private var all = Array(repeating: QuantityCell(), count: Estimator.allCases.count)

  func counted(_ estimator: Estimator) -> QuantityCell? { Self.known(counted[estimator.rawValue]) }
  func all(_ estimator: Estimator) -> QuantityCell? { Self.known(all[estimator.rawValue]) }

  /// Standard error of a mean over tokens, clustered by sample, nats; `nil` for a single sample.
  package func clusteredError(_ estimator: Estimator) -> Double? {
    counted[estimator.rawValue].clusteredError
  }

  /// Sequences with a token that counts.
  package var sequences: Int { counted[0].sequences }

  private static func known(_ cell: QuantityCell) -> QuantityCell? { cell.rows > 0 ? cell : nil }

  mutating func addCounted(_ estimates: SampledEstimators) { Self.add(estimates, to: &counted) }

  mutating func addAll(policy: [Double], reference: [Double]) {
    guard let estimates = try? SampledEstimators(policy: policy.span, reference: reference.span) else {
      return
    }
    Self.add(estimates, to: &all)
  }

  private static func add(_ estimates: SampledEstimators, to cells: inout [QuantityCell]) {
    cells[0].add(sequence: estimates.k1)
    cells[1].add(sequence: estimates.k2)
    cells[2].add(sequence: estimates.k3)
  }

  mutating func merge(_ other: TokenSums) {
    for index in counted.indices {
      counted[index].merge(other.counted[index])
      all[index].merge(other.all[index])
    }
  }
}

/// Sums over tokens of estimates held within bounds, as some trainers hold them; nats.
struct ClampedTokenSums: Sendable, Hashable {
  /// The bound on both sides.
  static let bound = 10.0

  private(set) var k1AboveZero = 0.0
  private(set) var k1 = 0.0
  private(set) var k2 = 0.0
  private(set) var k3 = 0.0

  mutating func add(k1: Double, k2: Double, k3: Double) {
    k1AboveZero += max(0, k1)
    self.k1 += k1.clamped(to: Self.bound)
    self.k2 += k2.clamped(to: Self.bound)
    self.k3 += k3.clamped(to: Self.bound)
  }

  mutating func merge(_ other: ClampedTokenSums) {
    k1AboveZero += other.k1AboveZero
    k1 += other.k1
    k2 += other.k2
    k3 += other.k3
  }
}

extension Double {
  /// This value, at most `bound` from zero; NaN stays NaN.
  func clamped(to bound: Double) -> Double { self > bound ? bound : self < -bound ? -bound : self }
}

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
