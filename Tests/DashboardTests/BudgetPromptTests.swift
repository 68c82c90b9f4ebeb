import CellCanvas
import RunAnalysis
import RunFeed
import Testing

@testable import Dashboard

/// Limits that are set on the page of forgetting.
struct BudgetPromptTests {
  private func page(columns: Int = 120) -> Screen {
    var screen = Screen(SampleRun.digitsSFT.run, columns: columns, rows: columns == 80 ? 24 : 36)
    screen.press("f")
    return screen
  }

  private func type(_ text: String, into screen: inout Screen) {
    for character in text { screen.press(.character(character)) }
  }

  @Test(arguments: [80, 120])
  func `The key stands on the page, and a budget counts as soon as it is set`(columns: Int) {
    var screen = page(columns: columns)
    #expect(screen.text.contains("b budgets"))
    screen.press("b")
    type("old/accuracy=-5pt, kl/old=0.5", into: &screen)
    screen.press(.enter)
    #expect(
      screen.state.runs.current.live.analysis.budgets.map(\.text) == ["old/accuracy=-5pt", "kl/old=0.5"])
    #expect(screen.state.findings.count { $0.code == .budgetSpent } == 2)
    #expect(screen.state.runs.current.onScreen.checkpointAdvice?.sentence.contains("keep step 50") == true)
    screen.press("b")
    #expect(screen.state.prompt?.text == "old/accuracy=-5pt, kl/old=0.5", "what is set can be changed")
    for _ in 0..<40 { screen.press(.backspace) }
    screen.press(.enter)
    #expect(screen.state.runs.current.live.analysis.budgets.isEmpty)
  }

  @Test func `What is no budget, or about nothing in the log, is said and changes nothing`() {
    var screen = page()
    screen.press("b")
    type("old/accuracy", into: &screen)
    screen.press(.enter)
    #expect(screen.rows.contains { $0.contains("has no =") })
    type("x=1", into: &screen)
    screen.press(.enter)
    #expect(screen.rows.contains { $0.contains("is about nothing in this log") })
    #expect(screen.state.runs.current.live.analysis.budgets.isEmpty && screen.state.prompt != nil)
  }
}
