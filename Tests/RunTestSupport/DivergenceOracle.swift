import Foundation
import RealModule
package import TestSupport

/// Divergence of one row of logits by the definition, every sum written out, in float64.
package enum DivergenceOracle {
  package static func softmax(_ logits: [Double]) -> [Double] {
    let maximum = logits.max() ?? 0
    let exponentials = logits.map { Double.exp($0 - maximum) }
    let mass = exponentials.reduce(0, +)
    return exponentials.map { $0 / mass }
  }

  /// D(P‖Q) of two rows of logits, nats.
  package static func divergence(_ p: [Double], _ q: [Double]) -> Double {
    zip(softmax(p), softmax(q)).reduce(0) { $0 + ($1.0 == 0 ? 0 : $1.0 * (log($1.0) - log($1.1))) }
  }

  package static func entropy(_ logits: [Double]) -> Double {
    softmax(logits).reduce(0) { $0 - ($1 == 0 ? 0 : $1 * log($1)) }
  }

  package static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

  package static func standardError(_ values: [Double]) -> Double {
    let squares = mean(values.map { $0 * $0 }) - mean(values) * mean(values)
    return sqrt(squares / Double(values.count - 1))
  }

  /// The same where rows of one sample depend on each other: sums of deviations of whole samples.
  package static func standardErrorBySample(_ samples: [[Double]]) -> Double {
    let all = samples.flatMap(\.self)
    let center = mean(all)
    let squares = samples.map { pow($0.reduce(0) { $0 + $1 - center }, 2) }.reduce(0, +)
    let count = Double(samples.count)
    return sqrt(squares * count / (count - 1)) / Double(all.count)
  }

  package static func percentile(_ fraction: Double, _ values: [Double]) -> Double {
    let sorted = values.sorted()
    let place = fraction * Double(sorted.count - 1)
    let below = Int(place)
    let above = min(below + 1, sorted.count - 1)
    return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
  }
}

extension SyntheticSample {
  /// A sample of random logits of both models.
  package static func random(
    _ name: String?, positions: Int, vocabulary: Int, mask: [Bool] = [], using random: inout SplitMix64
  ) -> SyntheticSample {
    func rows() -> [[Double]] {
      (0..<positions).map { _ in (0..<vocabulary).map { _ in 2 * random.normal() } }
    }
    return SyntheticSample(name, policy: rows(), reference: rows(), mask: mask)
  }

  /// D(policy‖reference) of every row that the mask leaves.
  package var policyReference: [Double] {
    counted.map { DivergenceOracle.divergence(policy[$0], reference[$0]) }
  }

  /// D(reference‖policy) of every row that the mask leaves.
  package var referencePolicy: [Double] {
    counted.map { DivergenceOracle.divergence(reference[$0], policy[$0]) }
  }

  private var counted: [Int] { policy.indices.filter { mask.isEmpty || mask[$0] } }
}
