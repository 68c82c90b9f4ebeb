/// Summaries of several runs: the output of `kltop summary --format json`.
package struct SummaryDocument: Sendable, Encodable {
  package var runs: [RunSummary]

  package init(runs: [RunSummary]) { self.runs = runs }

  /// One line of JSON.
  package func json() throws -> String { try JSONText.text(of: self) }
}
