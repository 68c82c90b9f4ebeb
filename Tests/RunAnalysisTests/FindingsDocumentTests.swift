import RunTestSupport
import TestSupport
import Testing

@testable import RunAnalysis

/// What the manual says about findings is what the rules say.
struct FindingsDocumentTests {
  @Test func `The manual's table of findings is the table of rules, the worst first`() throws {
    try expectTable(Self.table, named: "findings", in: "Findings.md")
  }

  private static var table: String {
    let severities: [Finding.Severity] = [.error, .warning, .note]
    let rows = severities.flatMap { severity in
      FindingRule.all.filter { $0.severity == severity }.map { rule in
        "| `\(rule.code.rawValue)` | \(severity.rawValue) | \(rule.meaning.replacing("|", with: "\\|")) |"
      }
    }
    return (["| code | severity | what is wrong |", "| --- | --- | --- |"] + rows).joined(separator: "\n")
  }

  @Test func `Every code has one rule`() {
    #expect(Set(FindingRule.all.map(\.code)) == Set(FindingCode.allCases))
    #expect(FindingRule.all.count == FindingCode.allCases.count)
  }
}
