import CellCanvas
import Foundation
import RunLog
import RunModel
import TestSupport
import Testing

@testable import Dashboard

struct ModePanelTests {
  private func screen(
    _ modes: [(step: Int, modes: ModelModes)], last: Int = 100, columns: Int = 100, rows: Int = 30
  ) -> Screen {
    let run = RunModel { log in
      for (step, modes) in modes { log.train(step: step, ["loss": 1], modes: modes) }
      log.train(step: last, ["loss": 1])
    }
    var screen = Screen(run, columns: columns, rows: rows)
    screen.press("4", .enter)
    return screen
  }

  @Test func `A policy that trains and a reference that stands still`() {
    let screen = screen([(0, .training)])
    let rows = screen.inside(.mode)
    #expect(screen.border(.mode).contains("mode  since step 0"))
    #expect(rows[0].split(separator: " ").map(String.init) == ["train", "phase", "policy", "reference"])
    #expect(rows[1].split(separator: " ").map(String.init) == ["mode", "train", "eval"])
    #expect(rows[2].contains("drops units") && rows[2].hasSuffix("passes all"))
    #expect(rows[3].contains("batch statistics") && rows[3].hasSuffix("running statistics"))
    #expect(rows[4].contains("updated each step") && rows[4].hasSuffix("left as they are"))
    #expect(rows[5].contains("recorded") && rows[5].hasSuffix("off (no_grad)"))
    #expect(screen.rows[1].hasPrefix(" policy TRAIN grad   reference EVAL no_grad"))
  }

  @Test func `The two switches are independent of each other`() {
    let modes = ModelModes(policy: .eval, policyGradients: true, reference: .train, referenceGradients: false)
    let rows = screen([(0, modes)]).inside(.mode)
    #expect(rows[1].split(separator: " ").map(String.init) == ["mode", "eval", "train"])
    #expect(rows[2].contains("passes all") && rows[2].hasSuffix("drops units"))
    #expect(rows[5].contains("recorded") && rows[5].hasSuffix("off (no_grad)"))
  }

  @Test func `What the log leaves out is not guessed`() {
    let rows = screen([(0, ModelModes(policy: .train))]).inside(.mode)
    #expect(rows[1].split(separator: " ").map(String.init) == ["mode", "train", "not", "logged"])
    #expect(rows[2].hasSuffix("?") && rows[3].hasSuffix("?"))
    #expect(
      rows[5].split(separator: " ").map(String.init) == ["gradients", "not", "logged", "not", "logged"])
  }

  @Test func `A log that says nothing about modes is told what to log`() {
    let text = screen([]).text
    #expect(text.contains("the log does not say in which mode") && text.contains("modes not logged"))
  }

  @Test func `Narrow cells say both sides equally short`() {
    let screen = Screen(SampleRun.digitsKL.run, columns: 80, rows: 24)
    #expect(screen.inside(.mode)[2].split(separator: " ").map(String.init) == ["Dropout", "drops", "passes"])
    #expect(
      screen.inside(.mode)[3].split(separator: " ").map(String.init) == ["BatchNorm", "batch", "running"])
    #expect(screen.inside(.mode)[6] == "eval: eval no_grad | eval no_grad")
  }

  @Test func `The strip has the modes over the steps, where they changed`() throws {
    let broken = ModelModes(
      policy: .train, policyGradients: true, reference: .train, referenceGradients: true)
    let screen = screen([(0, broken), (50, .training)])
    let rows = screen.inside(.mode)
    let policy = try #require(rows.first { $0.hasPrefix("train policy ") })
    let reference = try #require(rows.first { $0.hasPrefix("train reference ") })
    #expect(policy.hasPrefix("train policy    train grad ─") && !policy.contains("eval"))
    #expect(reference.hasPrefix("train reference train grad ─"))
    let change = try #require(reference.range(of: "eval no_grad"))
    // 82 columns for steps 0 … 100 behind a label of 16.
    #expect(reference.distance(from: reference.startIndex, to: change.lowerBound) == 16 + 41)
    #expect(screen.rows.contains { $0.hasPrefix("└") && $0.contains("50") && $0.hasSuffix("step┘") })
  }

  @Test func `A moment in train mode among many steps is seen`() throws {
    let blip = ModelModes(policy: .train, policyGradients: true, reference: .train, referenceGradients: false)
    let screen = screen([(0, .training), (500_000, blip), (500_001, .training)], last: 1_000_000)
    let reference = try #require(screen.inside(.mode).first { $0.hasPrefix("train reference ") })
    #expect(reference.dropFirst(16).contains("T"))
  }

  @Test func `A replay's strip ends where the replay stands`() throws {
    var screen = Screen(SampleRun.digitsKL.run, replayAt: 100, columns: 100, rows: 30)
    screen.press("4", .enter)
    let policy = try #require(screen.inside(.mode).first { $0.hasPrefix("train policy ") })
    #expect(policy.count == 16 + 42)
  }
}

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
      ("eval/old/accuracy", [0.9, 0.5], StyleRole.error), ("eval/old/accuracy", [0.5, 0.9], .good),
      ("eval/old/loss", [1, 2], .error), ("eval/old/loss", [2, 1], .good),
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
    #expect(screen.border(.forgetting).contains("loss  since"))
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

struct DivergencePanelTests {
  @Test func `Both arguments are named, and d swaps them`() {
    var screen = Screen(SampleRun.digitsKL.run)
    #expect(screen.border(.divergence).contains("D(policy‖reference)  nats per row"))
    #expect(screen.inside(.divergence)[0].contains("● new 5.2   ±0.29 logged 5.2"))
    screen.press("d")
    #expect(screen.border(.divergence).contains("D(reference‖policy)  nats per row"))
    #expect(!screen.inside(.divergence)[0].contains("new 5.2 "))
  }

  @Test func `The unit is said at 80x24`() {
    let screen = Screen(SampleRun.digitsKL.run, columns: 80, rows: 24)
    #expect(screen.inside(.divergence)[0].contains("nats"))
  }

  @Test func `A KL that is only logged is shown as such`() {
    let run = RunModel { log in for step in 0...9 { log.train(step: step, ["loss": 1, "kl": 0.25]) } }
    let screen = Screen(run)
    #expect(screen.border(.divergence).contains("as logged, nats"))
    #expect(screen.inside(.divergence)[0].contains("● kl 0.25"))
  }

  @Test func `The band's edges are faint dots`() {
    let run = RunModel { log in
      for step in 0...20 {
        log.logits(
          step: step,
          [
            SyntheticSample("near", policy: [0, 0], reference: [0, 0]),
            SyntheticSample("far", policy: [0, 4], reference: [0, 0]),
          ])
      }
    }
    var screen = Screen(run, columns: 80, rows: 24)
    screen.press("2", .enter)
    let frame = screen.frame
    let faint = (4..<22).flatMap { y in
      (6..<78).filter { x in
        frame.cell(x: x, y: y).map { $0.style.role == .faint && !$0.content.isBlank } ?? false
      }
    }
    #expect((50...80).contains(faint.count), "two edges, a dot in every other cell: \(faint.count)")
  }
}

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
    #expect(screen.inside(.findings)[0].hasPrefix(" ! warning  reference-in-train-mode"))
    screen.press("j", "j", "j")
    #expect(
      screen.inside(.findings)[0].hasPrefix(" ! warning  reference-in-train-mode"), "the last one stays")
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
}

struct HeaderTests {
  @Test func `The step stands in full digits on any screen`() {
    let run = RunModel { $0.train(step: 123_456_789, ["loss": 1]) }
    for columns in 20...200 {
      for rows in [5, 24] {
        #expect(
          Screen(run, columns: columns, rows: rows).rows[0].contains("step 123456789"), "\(columns)x\(rows)")
      }
    }
  }

  @Test func `Nothing in the header is cut in the middle of a word`() {
    let known: Set<String> = [
      "kltop", "digits-kl", "step", "200", "●", "LIVE", "584", "steps/s", "00:00:00", "policy", "TRAIN",
      "grad",
      "reference", "EVAL", "no_grad",
    ]
    for columns in 20...200 {
      let screen = Screen(SampleRun.digitsKL.run, columns: columns, rows: 24)
      let words = screen.rows.prefix(columns < 104 ? 2 : 1).flatMap {
        $0.split(separator: " ").map(String.init)
      }
      #expect(words.allSatisfy { known.contains($0) || $0.hasSuffix("…") }, "\(columns): \(words)")
    }
  }

  @Test func `Speed is told only while the run lives`() {
    let run = SampleRun.digitsKL.run
    #expect(Screen(run).rows[0].contains("584 steps/s"))
    let late = Screen(run, now: SampleRun.digitsKL.end + 3600)
    #expect(!late.rows[0].contains("steps/s") && late.rows[0].contains("SILENT 1h"))
  }
}
