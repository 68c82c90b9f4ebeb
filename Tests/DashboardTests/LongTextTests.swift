import CellCanvas
import RunLog
import RunModel
import TestSupport
import Testing

@testable import Dashboard

/// A log with texts of 10 kB: with work that grows with the square of it these would take many minutes.
struct LongTextTests {
  private static func long(_ unit: String, _ end: String) -> String {
    String(repeating: unit, count: 10_000 / unit.utf8.count) + end
  }

  private static let units = ["語", "a/", "\u{1B}[0m", "a "]

  private static func run(_ unit: String) -> RunModel {
    RunModel(named: long(unit, "run")) { log in
      for step in 0..<2 {
        log.train(step: step, ["loss": 1, "kl": 2])
        log.number(long(unit, "a"), Double(step))
        log.number("eval/old/" + long(unit, "_accuracy"), Double(step))
        log.text("note", long(unit, ""))
        log.logits(
          step: step, set: long(unit, "set"),
          [
            SyntheticSample(long(unit, "one"), policy: [[1, 2]], reference: [[2, 1]], targets: [0]),
            SyntheticSample(long(unit, "two"), policy: [[2, 2]], reference: [[2, 1]], targets: [1]),
          ], labels: [long(unit, "0"), long(unit, "1")])
      }
      log.notice(.rejected(reason: long(unit, "")))
    }
  }

  @Test(.timeLimit(.minutes(5)), arguments: units)
  func `Every page is drawn`(unit: String) {
    var screen = Screen(Self.run(unit), columns: 120, rows: 36)
    _ = screen.state.add(Self.run(unit))
    for page in Page.allCases {
      screen.state.page = page
      #expect(screen.frame.size == screen.size)
    }
    screen.state.page = .samples
    screen.filter(by: "two")
    screen.press(.enter)
    screen.state.toggleSample()
    #expect(screen.frame.size == screen.size)
    screen.state.page = .metrics
    for filter in ["accuracy", "*acc*", "/acc.*y/"] {
      screen.state.filterMetrics(by: filter)
      #expect(screen.frame.size == screen.size)
    }
    #expect(screen.text.contains("of long keys their first 1000 characters"))
    screen.state.page = .overview
    for panel in Panel.allCases {
      screen.state.moveFocus(to: panel)
      screen.state.overview.isMaximised = true
      #expect(screen.frame.size == screen.size)
    }
    screen.state.tell(Self.long(unit, ""), now: 0)
    #expect(screen.frame.size == screen.size)
    screen.state.inspect(Self.long(unit, ""), at: nil)
    #expect(screen.frame.size == screen.size)
  }
}
