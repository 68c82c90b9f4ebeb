/// Summaries of several runs: the output of `kltop summary --format json`.
package struct SummaryDocument: Sendable, Encodable {
  package var runs: [RunSummary]

  package init(runs: [RunSummary]) { self.runs = runs }

  /// One line of JSON in the form of all output.
  package func json() throws -> String { try OutputJSON.text(of: self) }
}
