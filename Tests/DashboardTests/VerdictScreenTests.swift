import CellCanvas
import RunAnalysis
import RunModel
import TestSupport
import Testing

@testable import Dashboard

/// What the screen says of forgetting at a glance, and which checkpoint it says to keep.
struct VerdictScreenTests {
  /// An old accuracy that falls from 1 and a new one that rises, an evaluation each ten steps.
  private static func tuned(old: [Double], new: [Double]) -> RunModel {
    RunModel { log in
      for (index, (old, new)) in zip(old, new).enumerated() {
        log.eval(step: index * 10, ["eval/old/accuracy": old, "eval/new/accuracy": new])
      }
    }
  }

  private static let forgot = tuned(
    old: [1, 1, 0.98, 0.96, 0.5, 0.4, 0.35, 0.3, 0.25, 0.2],
    new: [0, 0.1, 0.5, 0.8, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9])

  @Test(arguments: [(80, 24), (120, 36), (200, 60)])
  func `The header ends with what matters most`(columns: Int, rows: Int) {
    let forgot = Screen(SampleRun.digitsSFT.run, columns: columns, rows: rows).rows.prefix(2).joined()
    #expect(forgot.contains("✗ 1 forgotten") && !forgot.contains("✓"))
    let good = Self.tuned(old: [1, 1, 1, 1], new: [0, 0.2, 0.5, 0.6])
    let kept = Screen(good, columns: columns, rows: rows).rows.prefix(2).joined()
    #expect(kept.contains("✓ nothing found"))
  }

  @Test func `No tick stands beside a red cell`() throws {
    // Nine points at the last of three evaluations: nothing is proven, and nothing is fine.
    let run = Self.tuned(old: [0.9, 0.9, 0.81], new: [0.1, 0.2, 0.3])
    #expect(run.findings().allSatisfy { $0.code != .forgetting })
    let screen = Screen(run)
    #expect(screen.rows[0].contains("! 1 worse than before"))
    #expect(screen.text.contains("eval/old/accuracy is worse than at the first evaluation: −9.0 points"))
    #expect(!screen.text.contains("✓ no findings"))
  }

  @Test func `Before anything is read nothing is found`() {
    let screen = Screen(RunModel(path: "runs/none"))
    #expect(!screen.text.contains("nothing found") && !screen.text.contains("no findings"))
  }

  @Test func `The page about forgetting says what was lost and which checkpoint to keep`() throws {
    var screen = Screen(Self.forgot)
    screen.press("f")
    #expect(screen.text.contains("✗ eval/old/accuracy 1.000 → 0.200 since step 40"))
    #expect(screen.text.contains("◉ keep step 30: old 0.960 (−4.0 points), new 0.800"))
    let kept = try #require(screen.rows.first { $0.contains("▶  ◉") })
    #expect(
      kept.contains("30") && kept.contains("0.960") && kept.contains("−4.0") && kept.contains("best balance"))
    let lost = try #require(screen.rows.first { $0.contains("0.500") && $0.contains("−50.0 ✗") })
    #expect(lost.contains("40"))
  }

  @Test func `Enter opens the samples at the chosen checkpoint`() {
    var screen = Screen(Self.forgot)
    screen.press("f", "j", "j", .enter)
    #expect(screen.state.page == .samples && screen.state.viewedStep == 50)
    var replay = Screen(Self.forgot, replayAt: 90)
    replay.press("f", "k", .enter)
    #expect(replay.state.page == .samples && replay.state.step == 20)
  }

  @Test func `A set has one colour and one mark wherever it is drawn`() throws {
    let screen = Screen(SampleRun.digitsSFT.run, columns: 200, rows: 60)
    let looks = SetLooks(SampleRun.digitsSFT.run)
    let old = try #require(looks.look(ofSet: "old", glyphs: .braille))
    for panel in [Panel.loss, .divergence, .forgetting] {
      let text = screen.border(panel) + screen.inside(panel).prefix(2).joined()
      #expect(text.contains("\(old.mark) old") || text.contains("\(old.mark) eval old"), "\(panel): \(text)")
    }
    // What is about no set has a colour that no set has.
    let several = looks.looks(ofSets: [nil, "old", "old", "new"], glyphs: .braille)
    #expect(several[1] == old && several[2].style == old.style && several[2].mark != old.mark)
    #expect(![several[1].style, several[3].style].contains(several[0].style))
  }

  @Test func `Accuracies and losses never share an axis`() {
    let run = RunModel { log in
      for step in [0, 10] {
        log.eval(
          step: step, ["eval/old/loss": 3 + Double(step), "eval/new/accuracy": 0.5, "eval/new/loss": 2])
      }
    }
    let curves = run.forgettingCurves
    #expect(curves.shown.map(\.name) == ["eval/old/loss", "eval/new/loss"] && curves.others == 1)
    #expect(Screen(run).text.contains("loss, nats"))
  }

  @Test func `A sequence of the new task is never forgotten`() throws {
    func run(set: String) -> RunModel {
      RunModel { log in
        for (step, right) in [(0, 20), (10, 4)] {
          let policy = (0..<20).map { $0 < right ? [3.0, 0] : [0, 3.0] }
          log.logits(
            step: step, set: set,
            [
              SyntheticSample(
                "a", policy: policy, reference: Array(repeating: [3.0, 0], count: 20),
                targets: Array(repeating: 0, count: 20))
            ])
        }
      }
    }
    let old = try #require(run(set: "old").samples(at: 10).first)
    #expect(old.record.forgettingEvents == 1 && old.record.firstForgotten == 10)
    let new = try #require(run(set: "new").samples(at: 10).first)
    #expect(
      new.record.forgettingEvents == 0 && new.record.firstForgotten == nil && new.record.isBelowReference)
    let screen = Screen.samples(run(set: "new"))
    #expect(screen.text.contains("1, 0 forgotten so far") && !screen.text.contains("✗ forgotten first"))
  }

  @Test func `Language models have no rows of batch statistics`() {
    let lines = Screen(SampleRun.tinyLM.run).inside(.mode).joined()
    #expect(lines.contains("Dropout") && !lines.contains("BatchNorm"))
    #expect(Screen(SampleRun.digitsSFT.run).inside(.mode).joined().contains("BatchNorm"))
  }

  @Test func `A page of samples has no empty half`() {
    let few = SamplesLayout(body: CellRect(x: 0, y: 1, columns: 120, rows: 34), samples: 16)
    #expect(few.list.rows == 19 && few.preview?.rows == 15)
    let many = SamplesLayout(body: CellRect(x: 0, y: 1, columns: 200, rows: 58), samples: 500)
    #expect(many.list.columns == 111 && many.preview?.columns == 89)
    let narrow = SamplesLayout(body: CellRect(x: 0, y: 2, columns: 80, rows: 21), samples: 500)
    #expect(narrow.preview == nil && narrow.list.rows == 21)
  }
}
