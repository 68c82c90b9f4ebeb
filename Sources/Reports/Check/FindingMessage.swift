package import RunAnalysis
internal import RunModel

/// What a command for findings reads: the finding as a summary has it, with its run.
package struct FindingMessage: Encodable {
  private let run: String
  private let finding: RunSummary.FindingEntry

  private enum CodingKeys: CodingKey { case run }

  package func encode(to encoder: any Encoder) throws {
    try finding.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(run, forKey: .run)
  }

  /// One line of JSON.
  package static func json(_ finding: Finding, run: String) -> String {
    let message = FindingMessage(run: run, finding: RunSummary.FindingEntry(finding))
    return (try? OutputJSON.text(of: message)) ?? "{}"
  }
}
