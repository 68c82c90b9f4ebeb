import CellCanvas
import RunModel
import TestSupport
import Testing

@testable import Dashboard

struct ForgettingPanelTests {
  private func screen(_ key: String..., values: [Double], columns: Int = 120) -> Screen {
    let run = RunModel { log in
      for (step, value) in values.enumerated() {
        log.train(step: step, ["loss": 1])
        for key in key { log.eval(step: step, [key: value]) }
      }
    }
    return Screen(run, columns: columns)
  }

  @Test func `Accuracy that falls is told in percentage points, from where it began`() {
    let screen = screen("eval/old/accuracy", values: [0.98, 0.9, 0.71])
    #expect(screen.border(.forgetting).contains("accuracy  since the first evaluation"))
    #expect(screen.inside(.forgetting)[0].contains("● old 0.98 → 0.71  −27.0 points"))
  }

  @Test func `Getting worse and getting better look different`() {
    for (key, values, role) in [
      ("eval/old/accuracy", [0.9, 0.5], StyleRole.warning), ("eval/old/accuracy", [0.5, 0.9], .good),
      ("eval/old/loss", [1, 2], .warning), ("eval/old/loss", [2, 1], .good),
    ] {
      let screen = screen(key, values: values)
      let sign = values[1] > values[0] ? "+" : "−"
      let row = CellRect(x: 0, y: 0, columns: 72, rows: 36)
      let place = screen.frame.places(of: Character(sign), in: row).last
      #expect(place.flatMap { screen.frame.cell(x: $0.x, y: $0.y)?.style.role } == role, "\(key) \(values)")
    }
  }

  @Test func `Losses of the old task stand in for accuracy`() {
    let screen = screen("eval/old/loss", values: [1, 2.5])
    #expect(screen.inside(.forgetting)[0].contains("● old 1 → 2.5  +1.500"))
    #expect(screen.border(.forgetting).contains("loss, nats  since"))
  }

  @Test(arguments: ["eval/new/accuracy", "eval/loss", "eval/bleu"])
  func `Without anything of the old task, what is evaluated is shown and the lack is said`(key: String) {
    let screen = screen(key, values: [0.25, 0.5])
    #expect(screen.border(.forgetting).contains("no old-task metric"))
    #expect(screen.inside(.forgetting)[0].contains("0.25 → 0.5"))
  }

  @Test func `Without any evaluation, how often both models agree`() {
    let screen = Screen(SampleRun.seedExample.run)
    #expect(screen.border(.forgetting).contains("same top-1"))
    #expect(screen.inside(.forgetting)[0].contains("● table 0.333"))
  }

  @Test func `Without logits either, what to log`() {
    let text = screen(values: [1]).inside(.forgetting).joined(separator: " ").split(separator: " ")
    #expect(
      text.joined(separator: " ")
        == "no old-task metric in this log: log eval/old/accuracy to see what is forgotten")
  }
}
