import CellCanvas
import RunModel
import TestSupport
import Testing

@testable import Dashboard

struct FindingsPanelTests {
  private var run: RunModel { SampleRun.digitsReferenceInTrainMode.run }

  @Test func `A run without findings says so`() {
    #expect(Screen(SampleRun.digitsKL.run).rows.contains(" ✓ no findings"))
    #expect(Screen(SampleRun.digitsKL.run, glyphs: .ascii).rows.contains(" no findings"))
  }

  @Test func `As many as fit, and how many more there are`() {
    let screen = Screen(run, columns: 80, rows: 24)
    let rows = screen.rows.filter { $0.hasPrefix(" ! ") }
    #expect(rows.count == 2)
    #expect(rows[1].hasSuffix("…  +1 more: 6, Enter"))
  }

  @Test func `Maximised, whole sentences and how often`() {
    var screen = Screen(run, columns: 60, rows: 30)
    screen.press("6", .enter)
    let text = screen.inside(.findings).joined(separator: " ")
    #expect(screen.border(.findings).contains("findings  3"))
    #expect(text.contains("! warning  reference-in-train-mode"))
    let words = text.split(separator: " ").joined(separator: " ")
    #expect(words.contains("its dropout and batch statistics make the KL wrong; call reference.eval()"))
    screen.press("j", "j")
    #expect(screen.inside(.findings)[0].hasPrefix(" ! warning  kl-at-step-0"))
    screen.press("j", "j", "j")
    #expect(screen.inside(.findings)[0].hasPrefix(" ! warning  kl-at-step-0"), "the last one stays")
  }

  @Test func `A replay does not know yet what comes later`() {
    let run = RunModel { log in
      for step in 0...20 { log.train(step: step, ["loss": step == 10 ? .nan : 1]) }
    }
    #expect(Screen(run, replayAt: 9).rows.contains(" ✓ no findings"))
    #expect(Screen(run, replayAt: 10).text.contains("✗ "))
  }

  @Test func `Bad lines and restarts are told with line and step`() {
    let text = Screen(.everything(), rows: 60).text
    #expect(text.contains("1 line of the log rejected, the first is line 161: not JSON"))
    #expect(text.contains("run went back from step 39 to 20 (line 162)"))
  }

  private func sentence(_ steps: [(from: Int, to: Int)], keepsBranches: Bool = false) -> String {
    let restarts = steps.map { Restart(line: 9, fromStep: $0.from, toStep: $0.to, rowsBefore: 3) }
    return RestartText.sentence(restarts, keepsBranches: keepsBranches)
  }

  @Test func `Restarts are told one by one, and what is dimmed only where something is`() {
    #expect(sentence([(39, 20)]) == "run went back from step 39 to 20 (line 9)")
    #expect(
      sentence([(39, 20)], keepsBranches: true)
        == "run went back from step 39 to 20 (line 9); the old branch is dimmed, b hides it")
    #expect(
      sentence([(0, 7), (9, 2)])
        == "the file was replaced or truncated after step 0, goes on at 7, then run went back from step 9 to 2 (line 9)"
    )
    let many = sentence((1...6).map { ($0 * 10, 0) })
    #expect(many.hasPrefix("2 earlier, then run went back from step 30 to 0"))
    #expect(many.contains("from step 60 to 0"))
  }
}
