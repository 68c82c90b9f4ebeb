import CellCanvas
import TestSupport
import Testing

@testable import Dashboard

struct HelpTests {
  @Test(arguments: [(80, 24), (120, 36), (200, 60)])
  func `The help ends with what was assumed about the terminal, made printable`(columns: Int, rows: Int) {
    var screen = Screen(.everything(), columns: columns, rows: rows)
    screen.press("?")
    #expect(!screen.text.contains("assumed"))
    screen.state.help.assumptions = [
      "TERM=\u{1B}[2Jfoot is not known here", "LANG=xx_XX.UTF-8 is not installed",
    ]
    for _ in 0..<200 { screen.press("j") }
    for word in ["assumed", "TERM=␛[2Jfoot", "known", "LANG=xx_XX.UTF-8", "installed"] {
      #expect(screen.text.contains(word))
    }
  }
}
