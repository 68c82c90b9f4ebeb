/// What the rows of one step say together. Rows are samples × positions; values in the unit of the rows.
public struct DivergenceStatistics: Sendable, Hashable {
  /// Number of rows, NaN ones included.
  public let count: Int
  /// Number of rows that are NaN.
  public let nanCount: Int
  /// Mean over all rows: NaN or ∞ if a row is, NaN without rows.
  public let mean: Double
  /// √((E[x²] − E[x]²)/(n − 1)), as if rows were independent; nil for fewer than two, NaN where the mean is
  /// not finite.
  public let standardError: Double?
  /// Standard error that lets the rows of a sample depend on each other (sandwich estimator with the factor
  /// C/(C − 1) for C samples): √(Σ_c (Σ_{i∈c} (x_i − mean))² · C/(C − 1)) / n. Nil without samples or for fewer
  /// than two.
  public let standardErrorBySample: Double?

  /// The least row that is not NaN; NaN where there is none, as in all that follow.
  public let minimum: Double
  /// Percentile 1 of the rows that are not NaN: linear interpolation at 0.01·(n − 1) of the sorted rows.
  public let p1: Double
  /// Percentile 5, likewise.
  public let p5: Double
  /// Percentile 10, likewise.
  public let p10: Double
  /// Percentile 50, likewise.
  public let median: Double
  /// Percentile 90, likewise.
  public let p90: Double
  /// Percentile 95, likewise.
  public let p95: Double
  /// Percentile 99, likewise.
  public let p99: Double
  /// Percentile 99.9, likewise.
  public let p99_9: Double
  /// The greatest row that is not NaN.
  public let maximum: Double

  /// Statistics of the rows of one step.
  ///
  /// - Parameters:
  ///   - values: One value a row.
  ///   - samples: The sample that each row belongs to, as many as rows; nil where rows have no samples.
  /// - Precondition: `samples` is as long as `values`.
  public init(_ values: Span<Double>, samples: Span<Int>? = nil) {
    if let samples { precondition(samples.count == values.count, "one sample a row") }
    count = values.count
    let mean = Self.mean(of: values)
    self.mean = mean
    standardError = Self.standardError(of: values, mean: mean)
    if let samples {
      standardErrorBySample = Self.clusteredError(of: values, mean: mean, samples: samples)
    } else {
      standardErrorBySample = nil
    }

    let sorted = values.indices.map { values[$0] }.filter { !$0.isNaN }.sorted()
    nanCount = values.count - sorted.count
    let span = sorted.span
    minimum = quantile(0, ofSorted: span)
    p1 = quantile(0.01, ofSorted: span)
    p5 = quantile(0.05, ofSorted: span)
    p10 = quantile(0.1, ofSorted: span)
    median = quantile(0.5, ofSorted: span)
    p90 = quantile(0.9, ofSorted: span)
    p95 = quantile(0.95, ofSorted: span)
    p99 = quantile(0.99, ofSorted: span)
    p99_9 = quantile(0.999, ofSorted: span)
    maximum = quantile(1, ofSorted: span)
  }

  private static func mean(of values: Span<Double>) -> Double {
    var sum = 0.0
    for index in values.indices { sum += values[index] }
    return sum / Double(values.count)
  }

  /// From squared deviations, which do not cancel as E[x²] − E[x]² does.
  private static func standardError(of values: Span<Double>, mean: Double) -> Double? {
    guard values.count > 1 else { return nil }
    var squares = 0.0
    for index in values.indices {
      let deviation = values[index] - mean
      squares += deviation * deviation
    }
    let rows = Double(values.count)
    return (squares / rows / (rows - 1)).squareRoot()
  }

  private static func clusteredError(
    of values: Span<Double>, mean: Double, samples: Span<Int>
  ) -> Double? {
    var deviations: [Int: Double] = [:]
    for index in values.indices { deviations[samples[index], default: 0] += values[index] - mean }
    let clusters = Double(deviations.count)
    guard clusters > 1 else { return nil }
    // In the order of samples, so that the last digit does not depend on the dictionary's.
    let squares = deviations.sorted { $0.key < $1.key }.reduce(0.0) { $0 + $1.value * $1.value }
    return (squares * clusters / (clusters - 1)).squareRoot() / Double(values.count)
  }
}
