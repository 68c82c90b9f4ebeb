/// What the values of many rows say together: the divergence of one step in one direction, say.
///
/// Values are in the unit of the rows. Sums are taken in the order of size, so nothing here depends on the order in
/// which the rows came, or on how they were split over files, threads or machines.
public struct RowStatistics: Sendable, Hashable {
  /// Number of rows, NaN ones included.
  public private(set) var count: Int
  /// Number of rows that are NaN.
  public private(set) var nanCount: Int
  /// Number of samples that the rows belong to; nil where rows have no samples.
  public private(set) var sampleCount: Int?
  /// Mean over all rows: NaN or ∞ if a row is, NaN without rows.
  public private(set) var mean: Double
  /// √((E[x²] − E[x]²)/(n − 1)), as if rows were independent; nil for fewer than two, NaN where the mean is
  /// not finite.
  public private(set) var standardError: Double?
  /// Standard error that lets the rows of a sample depend on each other (sandwich estimator with the factor
  /// C/(C − 1) for C samples): √(Σ_c (Σ_{i∈c} (x_i − mean))² · C/(C − 1)) / n. Nil without samples or for fewer
  /// than two.
  public private(set) var standardErrorBySample: Double?

  /// The least row that is not NaN; NaN where there is none, as in all that follow.
  public private(set) var minimum = Double.nan
  /// Percentile 1 of the rows that are not NaN: linear interpolation at 0.01·(n − 1) of the sorted rows.
  public private(set) var p1 = Double.nan
  /// Percentile 5, likewise.
  public private(set) var p5 = Double.nan
  /// Percentile 10, likewise.
  public private(set) var p10 = Double.nan
  /// Percentile 50, likewise.
  public private(set) var median = Double.nan
  /// Percentile 90, likewise.
  public private(set) var p90 = Double.nan
  /// Percentile 95, likewise.
  public private(set) var p95 = Double.nan
  /// Percentile 99, likewise.
  public private(set) var p99 = Double.nan
  /// Percentile 99.9, likewise.
  public private(set) var p99_9 = Double.nan
  /// The greatest row that is not NaN.
  public private(set) var maximum = Double.nan

  /// Every quantile with its key in JSON and its place among the sorted rows, 0…1. One that is added to this table
  /// is computed, scaled and written like the others.
  private static let quantiles:
    [(key: String, fraction: Double, value: any WritableKeyPath<Self, Double> & Sendable)] = [
      ("min", 0, \.minimum), ("p1", 0.01, \.p1), ("p5", 0.05, \.p5), ("p10", 0.1, \.p10),
      ("p50", 0.5, \.median),
      ("p90", 0.9, \.p90), ("p95", 0.95, \.p95), ("p99", 0.99, \.p99), ("p99_9", 0.999, \.p99_9),
      ("max", 1, \.maximum),
    ]

  /// Statistics of no rows.
  public static let none: Self = {
    let rows: [Double] = []
    return Self(rows.span)
  }()

  /// Statistics of the rows of one step.
  ///
  /// - Parameters:
  ///   - values: One value a row.
  ///   - samples: The sample that each row belongs to, as many as rows; nil where rows have no samples.
  /// - Precondition: `samples` is as long as `values`.
  public init(_ values: Span<Double>, samples: Span<Int>? = nil) {
    if let samples { precondition(samples.count == values.count, "one sample a row") }
    let rows = OrderedRows(values, samples).rows
    // 0 ÷ 0 has a sign, NaN that is said has none.
    let mean = rows.isEmpty ? .nan : rows.reduce(0.0) { $0 + $1.value } / Double(rows.count)
    count = rows.count
    nanCount = rows.reversed().prefix { $0.value.isNaN }.count
    self.mean = mean
    standardError = Self.standardError(of: rows, mean: mean)
    if samples != nil {
      let deviations = Self.deviationsBySample(rows, mean: mean)
      sampleCount = deviations.count
      standardErrorBySample = Self.standardError(ofClusters: deviations, rows: rows.count)
    }

    let sorted = rows.dropLast(nanCount).map(\.value)
    for (_, fraction, value) in Self.quantiles {
      self[keyPath: value] = quantile(fraction, ofSorted: sorted.span)
    }
  }

  /// The same rows in another unit: every value times a factor.
  public func scaled(by factor: Double) -> Self {
    var scaled = self
    scaled.mean *= factor
    scaled.standardError = standardError.map { $0 * factor }
    scaled.standardErrorBySample = standardErrorBySample.map { $0 * factor }
    for (_, _, value) in Self.quantiles { scaled[keyPath: value] *= factor }
    return scaled
  }

  // MARK: - Sums over the rows

  /// From squared deviations, which do not cancel as E[x²] − E[x]² does.
  private static func standardError(of rows: [OrderedRows.Row], mean: Double) -> Double? {
    guard rows.count > 1 else { return nil }
    let squares = rows.reduce(0.0) { $0 + ($1.value - mean) * ($1.value - mean) }
    let count = Double(rows.count)
    return (squares / count / (count - 1)).squareRoot()
  }

  /// The sum of the deviations from the mean of each sample's rows, in the order of size: the last digit of their sum
  /// depends neither on the dictionary's order nor on the samples' numbers.
  private static func deviationsBySample(_ rows: [OrderedRows.Row], mean: Double) -> [Double] {
    var deviations = SumsBySample(rows)
    for row in rows { deviations.add(row.value - mean, row.sample) }
    return deviations.all.sorted { abs($0) < abs($1) }
  }

  private static func standardError(ofClusters deviations: [Double], rows: Int) -> Double? {
    guard deviations.count > 1 else { return nil }
    let clusters = Double(deviations.count)
    let squares = deviations.reduce(0.0) { $0 + $1 * $1 }
    return (squares * clusters / (clusters - 1)).squareRoot() / Double(rows)
  }
}

// MARK: - JSON

extension RowStatistics: Codable {
  private struct Key: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }

    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.init(stringValue) }
    init?(intValue: Int) { nil }

    static let rows = Key("rows")
    static let nanRows = Key("nanRows")
    static let samples = Key("samples")
    static let mean = Key("mean")
    static let standardError = Key("standardError")
    static let standardErrorBySample = Key("standardErrorBySample")
  }

  /// Every key is always there; without rows all values but the counts are null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    func encode(_ value: Double?, _ key: Key) throws {
      if let value, count > 0 {
        try container.encode(value, forKey: key)
      } else {
        try container.encodeNil(forKey: key)
      }
    }
    try container.encode(count, forKey: .rows)
    try container.encode(nanCount, forKey: .nanRows)
    try container.encode(sampleCount, forKey: .samples)
    try encode(mean, .mean)
    try encode(standardError, .standardError)
    try encode(standardErrorBySample, .standardErrorBySample)
    for (key, _, value) in Self.quantiles { try encode(self[keyPath: value], Key(key)) }
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    func decode(_ key: Key) throws -> Double? { try container.decodeIfPresent(Double.self, forKey: key) }
    count = try container.decode(Int.self, forKey: .rows)
    nanCount = try container.decode(Int.self, forKey: .nanRows)
    sampleCount = try container.decodeIfPresent(Int.self, forKey: .samples)
    mean = try decode(.mean) ?? .nan
    standardError = try decode(.standardError)
    standardErrorBySample = try decode(.standardErrorBySample)
    for (key, _, value) in Self.quantiles { self[keyPath: value] = try decode(Key(key)) ?? .nan }
  }
}
