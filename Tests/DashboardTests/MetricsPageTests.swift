import CellCanvas
import RunModel
import TestSupport
import Testing

@testable import Dashboard

struct MetricsPageTests {
  private func run() -> RunModel {
    RunModel { log in
      for step in 0...100 {
        log.train(
          step: step,
          [
            "loss": 1 / Double(step + 1), "kl": Double(step) / 100, "lr": 0.001,
            "reward/mean": Double(step % 5),
            "reward/std": step > 95 ? 9 : 1,
          ])
        if step % 20 == 0 { log.eval(step: step, ["eval/old/accuracy": 0.9, "eval/new/loss": 2]) }
      }
    }
  }

  private func screen(columns: Int = 120, rows: Int = 36) -> Screen {
    var screen = Screen(run(), columns: columns, rows: rows)
    screen.press("m")
    return screen
  }

  /// The names of the keys in the order of the screen.
  private func names(_ screen: Screen) -> [String] {
    screen.rows.flatMap { row in
      row.split(separator: "┌", omittingEmptySubsequences: false).dropFirst().map {
        $0.split(separator: " ").first { $0 != "▶" }.map(String.init) ?? ""
      }
    }
  }

  private func selected(_ screen: Screen) -> String? {
    screen.text.components(after: "▶ ")
  }

  @Test func `Every key has a chart with its name, value, scale and role, below the heading of its prefix`() {
    let screen = screen()
    #expect(
      names(screen) == [
        "kl", "loss", "lr", "eval/new/loss", "eval/old/accuracy", "reward/mean", "reward/std",
      ])
    #expect(screen.text.contains("7 of 7 keys"))
    #expect(screen.text.contains("− without prefix  3"))
    #expect(screen.text.contains("− eval/  2"))
    #expect(screen.text.contains("evaluation loss") && screen.text.contains("learning rate"))
    #expect(screen.text.contains("0 … 1  KL against the reference"))
  }

  @Test func `The selection moves in all directions and stays in sight`() {
    var screen = screen(columns: 80, rows: 24)
    #expect(selected(screen) == "kl")
    screen.press("l")
    #expect(selected(screen) == "loss")
    screen.press("l")
    #expect(selected(screen) == "lr")
    screen.press("j", "j")
    #expect(selected(screen) == "eval/new/loss")
    screen.press("j", "j", "j", "j", "j")
    #expect(selected(screen) == "reward/mean")
    screen.press(.right)
    #expect(selected(screen) == "reward/std")
    screen.press("g")
    #expect(screen.state.metrics.selection == .heading("without prefix"))
    screen.press("G")
    #expect(selected(screen) == "reward/std")
    screen.press(.control("b"), .control("b"), .control("b"))
    #expect(screen.state.metrics.selection == .heading("without prefix"))
  }

  @Test func `A filter follows the typing, is refused where it is wrong and goes with Escape`() {
    var screen = screen()
    screen.press("/", "l", "o", "s", "s", .enter)
    #expect(names(screen) == ["loss", "eval/new/loss"])
    #expect(screen.text.contains("2 of 7 keys") && screen.text.contains("filter loss"))
    screen.press("/", .control("u"), "/", "(")
    #expect(screen.text.contains("not a regular expression"))
    #expect(names(screen).count == 7, "the last one that could be used stays: a lone slash")
    screen.press(.enter)
    #expect(screen.state.prompt != nil)
    screen.press(.escape)
    #expect(screen.state.metrics.filter == "loss")
    screen.press(.escape)
    #expect(names(screen).count == 7)
    #expect(screen.state.page == .metrics)
    screen.press(.escape)
    #expect(screen.state.page == .overview)
  }

  @Test func `A filter that nothing fits says so`() {
    var screen = screen()
    screen.press("/", "x", "y", "z", .enter)
    #expect(screen.text.contains("no key fits"))
    screen.press("j", "l", .enter, "p", "c", "L", "(")
    #expect(screen.text.contains("no key fits"))
  }

  @Test func `Pinned keys stand first and stay pinned`() {
    var screen = screen()
    screen.press("G", "p")
    #expect(names(screen).first == "reward/std")
    #expect(screen.text.contains("− pinned  1"))
    #expect(selected(screen) == "reward/std")
    screen.press("o", "m", "p")
    #expect(names(screen).last == "reward/std")
  }

  @Test func `A heading hides its keys and shows them again`() {
    var screen = screen()
    screen.press("c")
    #expect(screen.text.contains("+ without prefix  3 hidden"))
    #expect(!names(screen).contains("loss"))
    screen.press(.enter)
    #expect(names(screen).contains("loss"))
    #expect(screen.state.metrics.selection == .heading("without prefix"))
  }

  @Test func `Arranged by recent change, what moved last comes first`() {
    var screen = screen()
    screen.press("a")
    #expect(screen.text.contains("by change"))
    #expect(names(screen).first == "reward/std")
    #expect(names(screen).last == "eval/old/accuracy", "what never moved comes last")
  }

  @Test func `Enter maximises, the chart has axes and a crosshair, Enter goes back`() {
    var screen = screen()
    screen.press("l", .enter)
    #expect(screen.rows[1].hasPrefix("┌ loss"))
    #expect(screen.rows.contains { $0.hasSuffix("step┘") })
    screen.press("x", .left, .left)
    #expect(screen.state.viewedStep == 98)
    screen.press("L")
    #expect(screen.rows[1].contains("log scale"))
    #expect(screen.state.charts.logarithmic.isEmpty, "the overview's scales are its own")
    screen.press(")")
    #expect(screen.state.viewedStep == 0, "the loss is largest at the start")
    screen.press(.escape)
    #expect(screen.state.metrics.isMaximised)
    screen.press(.enter)
    #expect(names(screen).count == 7)
  }

  @Test func `A click selects, a double click maximises, the wheel moves on`() {
    var screen = screen()
    let size = screen.size
    func mouse(_ kind: MouseEvent.Kind, x: Int, y: Int) -> MouseEvent {
      MouseEvent(x: x, y: y, kind: kind, button: 1)
    }
    screen.state.click(mouse(.press, x: 60, y: 5), now: 0, size: size)
    #expect(selected(screen) == "loss")
    screen.state.click(mouse(.doubleClick, x: 60, y: 5), now: 0, size: size)
    #expect(screen.state.metrics.isMaximised)
    screen.state.click(mouse(.doubleClick, x: 60, y: 5), now: 0, size: size)
    #expect(!screen.state.metrics.isMaximised)
    screen.state.click(mouse(.wheelDown, x: 60, y: 5), now: 0, size: size)
    #expect(screen.state.metrics.selection == .heading("eval/"))
    screen.state.click(mouse(.press, x: 2, y: 2), now: 0, size: size)
    #expect(screen.state.metrics.selection == .heading("without prefix"))
  }

  @Test func `A log without numbers says so`() {
    var screen = Screen(RunModel(path: "run"), columns: 60, rows: 20)
    screen.press("m")
    #expect(screen.text.contains("no numbers in this log yet"))
    screen.press("j", "k", "h", "l", .enter, "p", "c", "a", "L", "G", "g", "(", "e", "!")
    #expect(screen.frame.size == screen.size)
  }

  @Test func `A thousand keys are scrolled through to the last`() {
    var screen = Screen(
      RunModel { log in
        for key in 0..<1000 { log.train(step: 0, ["group\(key / 50)/key\(1000 + key)": 1]) }
      }, columns: 80, rows: 24)
    screen.press("m")
    var seen = Set(names(screen))
    for _ in 0..<400 {
      screen.press(.control("d"))
      seen.formUnion(names(screen))
    }
    screen.press("G")
    #expect(selected(screen) == "group9/key1499", "the last by name")
    #expect(seen.count > 900)
  }
}

extension String {
  /// The word behind the first place where a text stands.
  fileprivate func components(after text: String) -> String? {
    guard let range = firstRange(of: text) else { return nil }
    return self[range.upperBound...].split(separator: " ").first.map(String.init)
  }
}
