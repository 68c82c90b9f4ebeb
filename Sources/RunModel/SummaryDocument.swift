internal import FoundationEssentials

/// Summaries of several runs: the output of `kltop summary --format json`.
package struct SummaryDocument: Sendable, Encodable {
  package var runs: [RunSummary]

  package init(runs: [RunSummary]) { self.runs = runs }

  /// One line of JSON: keys in snake_case, sorted; numbers in the shortest form that reads back to the same float64;
  /// non-finite ones as the strings `"NaN"`, `"Infinity"`, `"-Infinity"`.
  package func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }
}
