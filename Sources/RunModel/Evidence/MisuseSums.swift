internal import Divergence
internal import RealModule

/// Sums over rows of what `torch.nn.functional.kl_div` gives for arguments it was not made for, and of divergences at
/// other temperatures; nats.
package struct MisuseSums: Sendable {
  /// Temperatures that are tried: what people divide logits by.
  static let temperatures: [Double] = [
    0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 1.1, 1.2, 1.25, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8,
    1.9, 2,
    2.5, 3, 4, 5, 6, 7, 8, 10, 20,
  ]

  // With p of the policy and q of the reference: kl_div(input, target) is Σ target·(log target − input), with
  // log_target Σ e^target·(target − input).

  /// Σ p·(log p − q).
  private(set) var probabilitiesAsInput = 0.0
  /// Σ q·(log q − p).
  private(set) var probabilitiesAsInputSwapped = 0.0
  /// Σ e^p·(p − log q).
  private(set) var logTargetWronglySet = 0.0
  /// Σ e^q·(q − log p).
  private(set) var logTargetWronglySetSwapped = 0.0
  /// D(π_θ‖π_θ0) with all logits divided by each of `temperatures`.
  private(set) var atTemperatures = [Double](repeating: 0, count: temperatures.count)
  /// True where some entry is −∞ in both models: exact conventions give it no weight, torch gives NaN.
  package private(set) var torchGivesNaN = false
  /// Estimates from the targets as if they were sampled tokens; `nil` where a row has none.
  var targets: MeasuredTokens? = MeasuredTokens(sample: nil, sampledFrom: nil)

  /// Entries that the exponential is taken of for each entry of a row.
  static let costOfEntry = 2 * temperatures.count + 6

  /// Adds a row of V logits of each model.
  mutating func add(policy: Span<Double>, reference: Span<Double>, target: Int?) {
    let logPolicy = logSoftmax(policy)
    let logReference = logSoftmax(reference)
    for index in logPolicy.indices { add(logPolicy[index], logReference[index]) }
    addTemperatures(policy, reference)
    if let target {
      targets?.add(policy: [logPolicy[target]], reference: [logReference[target]])
    } else {
      targets = nil
    }
  }

  private mutating func add(_ logPolicy: Double, _ logReference: Double) {
    let (policy, reference) = (Double.exp(logPolicy), Double.exp(logReference))
    probabilitiesAsInput += Self.entropyTerm(policy, logPolicy) - policy * reference
    probabilitiesAsInputSwapped += Self.entropyTerm(reference, logReference) - policy * reference
    logTargetWronglySet += Double.exp(policy) * (policy - logReference)
    logTargetWronglySetSwapped += Double.exp(reference) * (reference - logPolicy)
    if logPolicy == -.infinity, logReference == -.infinity { torchGivesNaN = true }
  }

  /// p·log p, with 0·log 0 = 0.
  private static func entropyTerm(_ probability: Double, _ logProbability: Double) -> Double {
    probability == 0 ? 0 : probability * logProbability
  }

  private mutating func addTemperatures(_ policy: Span<Double>, _ reference: Span<Double>) {
    for (index, temperature) in Self.temperatures.enumerated() {
      let cooledPolicy = policy.indices.map { policy[$0] / temperature }
      let cooledReference = reference.indices.map { reference[$0] / temperature }
      atTemperatures[index] +=
        RowDivergence.measure(policy: cooledPolicy.span, reference: cooledReference.span).policyReference
    }
  }

  /// The sums of both; `nil` where one is not known.
  static func sum(_ left: MisuseSums?, _ right: MisuseSums?) -> MisuseSums? {
    guard var result = left, let right else { return nil }
    result.probabilitiesAsInput += right.probabilitiesAsInput
    result.probabilitiesAsInputSwapped += right.probabilitiesAsInputSwapped
    result.logTargetWronglySet += right.logTargetWronglySet
    result.logTargetWronglySetSwapped += right.logTargetWronglySetSwapped
    for index in result.atTemperatures.indices { result.atTemperatures[index] += right.atTemperatures[index] }
    result.torchGivesNaN = result.torchGivesNaN || right.torchGivesNaN
    if let targets = right.targets { result.targets?.merge(targets) } else { result.targets = nil }
    return result
  }
}
