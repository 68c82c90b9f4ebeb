import CellCanvas
import Foundation
import Testing

@testable import Dashboard

struct PromptTests {
  /// A dashboard that asks for a word, remembers it as the chosen class of smoothing, and does not like "no".
  private func asking(_ text: String = "") -> Screen {
    var screen = Screen(.everything())
    screen.state.prompt = Prompt(
      label: "smooth", help: "0 to 0.99", text: text,
      changed: { _, text in Double(text) == nil && !text.isEmpty ? "not a number" : nil },
      accepted: { state, text, _ in
        guard let value = Double(text), value < 1 else { return "0 to 0.99 is needed" }
        state.charts.smoothing = value
        return nil
      },
      cancelled: { $0.charts.smoothing = 0 })
    return screen
  }

  private func bottom(_ screen: Screen) -> String { screen.rows[screen.size.rows - 1] }

  @Test func `What is typed goes into the prompt, not to the keys it is made of`() {
    var screen = asking()
    screen.press("0", ".", "5", "q", .tab)
    #expect(!screen.state.wantsToQuit)
    #expect(screen.state.prompt?.text == "0.5q")
    #expect(bottom(screen).hasPrefix(" smooth 0.5q   not a number"))
    screen.press(.backspace)
    #expect(bottom(screen).contains("0 to 0.99  (Enter accepts, Esc cancels)"))
    screen.press(.enter)
    #expect(screen.state.prompt == nil)
    #expect(screen.state.charts.smoothing == 0.5)
  }

  @Test func `What cannot be used stays and says why`() {
    var screen = asking("7")
    screen.press(.enter)
    #expect(screen.state.prompt?.text == "7")
    #expect(bottom(screen).contains("0 to 0.99 is needed"))
  }

  @Test func `Escape takes back what typing did`() {
    var screen = asking()
    screen.state.charts.smoothing = 0.3
    screen.press("1", .escape)
    #expect(screen.state.prompt == nil)
    #expect(screen.state.charts.smoothing == 0)
  }

  @Test func `Words and lines are deleted as in a shell`() {
    var screen = asking("loss eval/kl ")
    screen.press(.control("w"))
    #expect(screen.state.prompt?.text == "loss ")
    screen.press(.control("w"), .control("w"))
    #expect(screen.state.prompt?.text == "")
    screen.press("a", "b", .control("u"))
    #expect(screen.state.prompt?.text == "")
  }

  @Test func `A text longer than the screen shows its end`() {
    var screen = asking(String(repeating: "x", count: 150) + "end")
    screen.size = CellSize(columns: 40, rows: 12)
    #expect(bottom(screen).contains("xxend"))
    screen.press("\u{1B}", "é")
    #expect(!bottom(screen).unicodeScalars.contains("\u{1B}"))
  }

  @Test func `A click on a hint does what it says`() {
    var screen = Screen(.everything())
    let y = screen.size.rows - 1
    let x = bottom(screen).distance(
      from: bottom(screen).startIndex,
      to: bottom(screen).range(of: "metrics")?.lowerBound ?? bottom(screen).startIndex)
    screen.state.click(MouseEvent(x: x, y: y, kind: .press, button: 1), now: 0, size: screen.size)
    #expect(screen.state.page == .metrics)
    screen.state.click(MouseEvent(x: 0, y: y, kind: .press, button: 1), now: 0, size: screen.size)
    #expect(screen.state.page == .metrics)
  }
}
