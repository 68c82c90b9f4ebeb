/// What one pass over a row of logits of both models tells, everything in nats.
///
/// P = softmax(policy) and Q = softmax(reference), natural logarithm, 0·log 0 = 0.
public struct RowDivergence: Sendable, Hashable {
  /// D(π_θ‖π_θ0) = Σ P (log P − log Q): ≥ 0, +∞ where P > 0 and Q = 0, NaN where an input is.
  public var policyReference: Double
  /// D(π_θ0‖π_θ) = Σ Q (log Q − log P), with the same conventions.
  public var referencePolicy: Double
  /// −Σ P log P, in 0…log V.
  public var policyEntropy: Double
  /// −Σ Q log Q, in 0…log V.
  public var referenceEntropy: Double
  /// Index of the policy's largest logit, the first of equals; −1 for a row with a NaN or without entries.
  public var policyArgmax: Int
  /// Index of the reference's largest logit, the first of equals; −1 for a row with a NaN or without entries.
  public var referenceArgmax: Int
  /// True where some entry is −∞ in exactly one of the two models.
  public var masksDiffer: Bool
  /// ½ Σ |P − Q|, in 0…1, where it was asked for; NaN where an input is.
  public var totalVariation: Double?
  /// log Σ exp of the policy's logits: what a logit exceeds its log-probability by. NaN without a distribution.
  public var policyLogMass = Double.nan
  /// log Σ exp of the reference's logits; NaN without a distribution.
  public var referenceLogMass = Double.nan
  /// The least log P among the entries that the reference masks: −∞ where both models mask one, +∞ where the
  /// reference masks none or a model has no distribution.
  public var leastLogProbabilityUnderMask = Double.infinity

  /// A row's quantities as they are given, without total variation unless it is.
  public init(
    policyReference: Double, referencePolicy: Double, policyEntropy: Double, referenceEntropy: Double,
    policyArgmax: Int, referenceArgmax: Int, masksDiffer: Bool, totalVariation: Double? = nil
  ) {
    self.policyReference = policyReference
    self.referencePolicy = referencePolicy
    self.policyEntropy = policyEntropy
    self.referenceEntropy = referenceEntropy
    self.policyArgmax = policyArgmax
    self.referenceArgmax = referenceArgmax
    self.masksDiffer = masksDiffer
    self.totalVariation = totalVariation
  }

  /// True where either direction is not a number.
  public var isNaN: Bool { policyReference.isNaN || referencePolicy.isNaN }

  /// True where both models have the same likeliest entry.
  public var sameTop1: Bool { policyArgmax >= 0 && policyArgmax == referenceArgmax }
}
