internal import RealModule
internal import RunModel

/// s·λ of total = fine-tune + s·λ·KL, as the logged losses have it.
package struct ObjectiveEstimate: Sendable, Hashable {
  /// s·λ; the last one of a weight that changes.
  package var signedLambda: Double
  /// `nil` for a single step.
  package var standardError: Double?
  /// Steps it was inferred from.
  package var steps: Int
  /// Keys it was inferred from.
  package var keys: ObjectiveKeys
  /// How the weight stands over the run.
  package var form = Form.constant
  /// Share of total − fine-tune that nothing explains, 0…1.
  var unexplained = 0.0

  package enum Form: Sendable, Hashable {
    case constant
    /// The weight goes from one value to another one, which it has reached at a step; `nil` where it still moves.
    case changing(from: Double, reachedAt: Int?)
    /// What is logged as the total is divided by a number: steps of accumulation.
    case divided(by: Int)
    /// Another series explains what the KL leaves.
    case withTerm(String, weight: Double)
  }

  /// ≥ 0.
  package var lambda: Double { abs(signedLambda) }

  /// True where minimising the total loss drives the policy away from the reference.
  package var rewardsDrift: Bool { signedLambda < 0 }
}

/// The three series of an objective.
package struct ObjectiveKeys: Sendable, Hashable {
  var fineTune: String
  var kl: String
  package var total: String
}

/// What was logged at one step of an objective.
struct ObjectivePoint {
  var step: Int
  var fineTune: Double
  var kl: Double
  var total: Double

  var isFinite: Bool { fineTune.isFinite && kl.isFinite && total.isFinite }
}

/// Regression of total − fine-tune loss on the KL.
struct ObjectiveRegression {
  private var count = 0.0
  private var sums = (x: 0.0, y: 0.0, xx: 0.0, xy: 0.0, yy: 0.0)
  private var greatestLoss = 0.0
  private var greatestDifference = 0.0
  /// Half units of the last decimals of both losses.
  private let rounding: Double

  /// Half a unit in the last place of a float32, as a fraction.
  private static let float32Rounding = 0x1p-24
  /// Errors that a weight is away from 0 at least.
  private static let evidence = 4.0
  /// What a further coefficient must bring, squared, in units of its error.
  private static let interceptEvidence = 12.0

  init(points: some Collection<ObjectivePoint>) {
    rounding = Double.hypot(Self.halfUnit(of: points.map(\.fineTune)), Self.halfUnit(of: points.map(\.total)))
    for point in points {
      let difference = point.total - point.fineTune
      guard difference.isFinite, point.kl.isFinite else { continue }
      count += 1
      sums.x += point.kl
      sums.y += difference
      sums.xx += point.kl * point.kl
      sums.xy += point.kl * difference
      sums.yy += difference * difference
      greatestLoss = max(greatestLoss, abs(point.total), abs(point.fineTune))
      greatestDifference = max(greatestDifference, abs(difference))
    }
  }

  /// Half a unit of the last digit that is kept of the greatest value.
  private static func halfUnit(of values: [Double]) -> Double {
    let rounding = LoggedRounding(of: values)
    return values.map { rounding.halfUnit(at: $0) }.max() ?? 0
  }

  struct Slope {
    var value: Double
    var error: Double?
    var steps: Int
    /// Share of total − fine-tune that it leaves unexplained, 0…1.
    var unexplained: Double
  }

  /// The slope; `nil` where the numbers do not tell it.
  var slope: Slope? {
    guard count > 0, sums.xx > 0 else { return nil }
    let noise = noise
    let value = fit(noise)
    let isZero = greatestDifference <= 4 * noise && abs(value.slope) <= 3 * value.error
    // Neither a sign nor a zero can be told.
    if !isZero, count > 1, abs(value.slope) <= Self.evidence * value.error { return nil }
    if !isZero, count == 1, greatestDifference <= 4 * noise { return nil }
    return Slope(
      value: isZero ? 0 : value.slope, error: count > 1 ? value.error : nil, steps: Int(count),
      unexplained: sums.yy > 0 ? value.residual / sums.yy : 0)
  }

  /// What rounding leaves of a difference of two losses.
  var noise: Double { Double.hypot(2 * Self.float32Rounding * greatestLoss, rounding) }

  private func fit(_ noise: Double) -> (slope: Double, error: Double, residual: Double) {
    let slope = sums.xy / sums.xx
    let residual = max(0, sums.yy - slope * sums.xy)
    let variance = max(residual / max(1, count - 1), noise * noise)
    let direct = (slope, (variance / sums.xx).squareRoot(), residual)
    // A constant beside the KL, such as another term of the loss, would pass for a part of λ.
    let centred = sums.xx - sums.x * sums.x / count
    guard count > 3, centred > 1e-9 * sums.xx else { return direct }
    let both = (sums.xy - sums.x * sums.y / count) / centred
    let left = max(0, sums.yy - sums.y * sums.y / count - both * (sums.xy - sums.x * sums.y / count))
    let leftVariance = max(left / (count - 2), noise * noise)
    guard residual - left > Self.interceptEvidence * leftVariance else { return direct }
    return (both, (leftVariance / centred).squareRoot(), left)
  }
}
