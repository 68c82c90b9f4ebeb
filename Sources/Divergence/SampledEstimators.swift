#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Estimates of D(π_θ‖π_θ0) from the log-probabilities that both models give to sampled tokens.
///
/// With r = log π_θ0(x) − log π_θ(x): k1 = −r, k2 = r²/2, k3 = e^r − 1 − r (J. Schulman, "Approximating KL
/// Divergence", 2020). They estimate that divergence for tokens sampled from the policy only; in nats.
public struct SampledEstimators: Sendable, Hashable {
  /// −r, unbiased, of either sign.
  public let k1: [Double]
  /// r²/2, biased, ≥ 0.
  public let k2: [Double]
  /// e^r − 1 − r, unbiased, ≥ 0; NaN where r is +∞, as in torch.
  public let k3: [Double]

  /// Throws where the two do not have the same number of tokens.
  public init(policy: Span<Double>, reference: Span<Double>) throws(ShapeError) {
    guard policy.count == reference.count else { throw .shapesDiffer([policy.count], [reference.count]) }
    let ratios = policy.indices.map { reference[$0] - policy[$0] }
    k1 = ratios.map { -$0 }
    k2 = ratios.map { $0 * $0 / 2 }
    k3 = ratios.map(Self.k3)
  }

  /// Mean over the tokens, NaN without any.
  public var k1Mean: Double { Self.mean(of: k1) }
  /// Mean over the tokens, NaN without any.
  public var k2Mean: Double { Self.mean(of: k2) }
  /// Mean over the tokens, NaN without any.
  public var k3Mean: Double { Self.mean(of: k3) }

  private static func k3(_ ratio: Double) -> Double {
    let value = expm1(ratio) - ratio
    // For a tiny ratio expm1 may round to just below it.
    return value < 0 ? 0 : value
  }

  private static func mean(of values: [Double]) -> Double {
    values.reduce(0, +) / Double(values.count)
  }
}
