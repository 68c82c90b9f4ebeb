package import RunModel

/// The divergence of files of logits, as `kltop kl` tells it; the property names are the keys of the JSON output.
package struct LogitsReport: Sendable, Encodable {
  package var policy: String
  /// Nil where the policy's files hold the reference as well.
  @OrNull package var reference: String?
  package var unit: DivergenceUnit
  /// Entries of each row that were compared.
  package var vocabulary: Int
  /// In the order of the steps; one without a step first.
  package var steps: [Step]
  package var findings: [Finding]
  package var ignored: [Ignored]

  package struct Finding: Sendable, Encodable {
    package var severity: String
    package var code: LogitsFindingCode
    /// First step it holds at.
    @OrNull package var step: Int?
    /// Number of steps.
    package var count: Int
    package var message: String
  }

  /// A file that was left out.
  package struct Ignored: Sendable, Encodable {
    package var path: String
    package var reason: String
  }

  /// One line of JSON.
  package func json() throws -> String { try OutputJSON.text(of: self) }
}
