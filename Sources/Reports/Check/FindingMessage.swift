package import RunAnalysis
internal import RunModel

/// What a command for findings reads: the finding as a summary has it, with its run.
package struct FindingMessage: Encodable {
  var run: String
  var severity: String
  var code: String
  @OrNull var series: String?
  var step: Int
  var count: Int
  var message: String
  @OrNull var recoveredAt: Int?

  /// One line of JSON.
  package static func json(_ finding: Finding, run: String) -> String {
    let entry = RunSummary.FindingEntry(finding)
    let message = FindingMessage(
      run: run, severity: entry.severity, code: entry.code, series: entry.series, step: entry.step,
      count: entry.count, message: entry.message, recoveredAt: entry.recoveredAt)
    return (try? OutputJSON.text(of: message)) ?? "{}"
  }
}
