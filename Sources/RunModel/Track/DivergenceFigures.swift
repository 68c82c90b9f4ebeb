internal import Divergence

/// Statistics of one direction of the divergence over the rows of a step, nats.
package struct DivergenceFigures: Sendable, Hashable {
  /// NaN or infinite if any row is.
  package var mean: Double
  /// `nil` for a single row.
  package var standardError: Double?
  /// Clustered by sample: tokens of one sequence depend on each other. `nil` for a single sample.
  package var standardErrorBySample: Double?
  package var median: Double
  package var p90: Double
  package var p95: Double
  package var p99: Double
  package var p99_9: Double
  package var maximum: Double

  /// - Parameters:
  ///   - values: one divergence a row.
  ///   - samples: which sample each row belongs to.
  init(of values: [Double], samples: [Int]) {
    let statistics = DivergenceStatistics(values.span, samples: samples.span)
    mean = statistics.mean
    standardError = statistics.standardError
    standardErrorBySample = statistics.standardErrorBySample
    median = statistics.median
    p90 = statistics.p90
    p95 = statistics.p95
    p99 = statistics.p99
    p99_9 = statistics.p99_9
    maximum = statistics.maximum
  }
}
