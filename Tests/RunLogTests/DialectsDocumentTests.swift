import RunLog
import TestSupport
import Testing

/// What the manual says about dialects is what the program knows.
struct DialectsDocumentTests {
  @Test func `The manual's table of dialects has every dialect there is`() throws {
    let rows = Dialect.allCases.map { "| `\($0.rawValue)` | \($0.writtenBy) |" }
    try expectTable(
      (["| dialect | written by |", "| --- | --- |"] + rows).joined(separator: "\n"), named: "dialects",
      in: "LogFormat.md")
  }
}
