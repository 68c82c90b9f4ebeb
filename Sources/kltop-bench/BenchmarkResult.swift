/// One line of the benchmark table.
struct BenchmarkResult: Sendable {
  /// What was measured.
  let name: String
  /// The limit to reach in words, empty for a number that only informs.
  let limit: String
  let value: Double
  /// Unit of the value; "×" for a ratio of two measurements of the same run.
  let unit: String
  /// Whether the limit is reached; nil without a limit.
  let passed: Bool?
}
