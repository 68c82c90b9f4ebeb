import CellCanvas
import Curves
import Foundation
import RunAnalysis
import RunModel
import TestSupport
import Testing

@testable import Dashboard

struct ForgettingPageTests {
  private static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Goldens")

  private func screen(
    _ run: RunModel, budgets: [String] = [], columns: Int = 120, rows: Int = 36, glyphs: GlyphSet = .braille
  ) throws -> Screen {
    let budgets = try budgets.map { try Budget($0) }
    var screen = Screen(AnalysedRun(run, budgets: budgets), columns: columns, rows: rows, glyphs: glyphs)
    screen.press("f")
    return screen
  }

  @Test(arguments: [SampleRun.digitsSFT, .digitsKL, .tinyLM], [(80, 24), (120, 36), (200, 60)])
  func `What a sample run forgot`(sample: SampleRun, size: (Int, Int)) throws {
    let screen = try screen(
      sample.run, budgets: ["kl/old=1", "old/accuracy=-5%"], columns: size.0, rows: size.1)
    expectGolden(
      screen.frame, named: "forgetting-\(sample.rawValue)-\(size.0)x\(size.1)", in: Self.directory)
  }

  @Test func `The page in ASCII`() throws {
    let screen = try screen(SampleRun.digitsSFT.run, columns: 80, rows: 24, glyphs: .ascii)
    expectGolden(screen.frame, named: "forgetting-digits-sft-ascii-80x24", in: Self.directory)
  }

  @Test func `Keys choose what lies to the right and what lies up, and swap the arguments`() throws {
    var screen = try screen(SampleRun.digitsKL.run, columns: 80)
    #expect(
      screen.text.contains("lost against D(policy‖reference)") && screen.text.contains("eval new, nats"))
    #expect(screen.text.contains("↑ old accuracy lost, points"))
    screen.press("D")
    #expect(screen.text.contains("eval old, nats"))
    screen.press("n", "d")
    #expect(screen.text.contains("↑ old loss lost, nats"))
    #expect(screen.text.contains("lost against D(reference‖policy)"))
    screen.press("D", "p")
    #expect(screen.text.contains("eval new, nats") && screen.text.contains("↑ old accuracy lost, points"))
  }

  @Test func `Several tasks have two means that say what is taken from what`() throws {
    let run = RunModel { log in
      for (step, value) in [1.0, 0.9, 0.5].enumerated() {
        log.eval(step: step, ["eval/old/a/accuracy": value, "eval/old/b/accuracy": 0.5])
      }
    }
    let text = try screen(run).text
    #expect(text.contains("average forgetting  +25.0 points  best before − now, mean of 2 accuracy tasks"))
    #expect(text.contains("backward transfer  −25.0 points  now − start, mean of 2 accuracy tasks"))
  }

  @Test func `A standard error stands beside its score`() throws {
    let run = RunModel { $0.eval(step: 0, ["eval/arc/acc": 0.5, "eval/arc/acc_stderr": 0.013]) }
    #expect(try screen(run).text.contains("0.500 ±0.013"))
  }

  @Test func `Few points have no fit and say so`() throws {
    let run = RunModel { log in
      for step in 0..<4 {
        log.eval(step: step, ["eval/old/accuracy": 1 - Double(step) / 10, "eval/kl": Double(step)])
      }
    }
    let text = try screen(run).text
    #expect(text.contains("too few points: 4 of 5"))
    #expect(text.contains("lost against the logged KL"))
  }

  @Test func `A logged KL has one direction, whichever way the arguments are swapped`() throws {
    let run = RunModel { log in
      for step in 0..<6 {
        log.eval(step: step, ["eval/old/accuracy": 1 - Double(step) / 10, "eval/kl": Double(step)])
      }
    }
    var screen = try screen(run)
    let before = screen.text
    #expect(before.components(separatedBy: "lost against").count == 2, "one scatter as wide as the page")
    screen.press("d")
    #expect(screen.state.charts.direction == .referencePolicy)
    #expect(screen.text == before)
    let metric = try #require(run.retentionMetrics.first)
    let distance = try #require(run.distances.first)
    for isSwapped in [false, true] {
      let points = run.scatter(of: metric, against: distance, swapped: isSwapped).points
      #expect(points.map(\.divergence) == [0, 1, 2, 3, 4, 5])
    }
  }

  @Test func `Budgets say when they are reached, were reached, or are about nothing`() throws {
    let run = RunModel { log in
      for step in 0..<10 {
        log.eval(
          step: step * 10, ["eval/old/accuracy": 1 - Double(step) / 100, "eval/old/loss": Double(step)])
      }
    }
    let text = try screen(
      run, budgets: ["old/accuracy=0.8", "old/loss=+2.5", "old/loss=-1", "bleu=3"], columns: 160
    ).text
    #expect(text.contains("eval/old/accuracy below 0.8: at this rate roughly between step 200 and step 200"))
    #expect(text.contains("eval/old/loss above 2.5: already crossed at step 30"))
    #expect(text.contains("eval/old/loss below −1: not at this rate"))
    #expect(text.contains("budget bleu=3  waits for bleu, which this log does not have"))
  }

  @Test func `An empty log says what to log`() throws {
    let text = try screen(RunModel { $0.train(step: 0, ["loss": 1]) }).text
    #expect(text.contains("log eval/old/accuracy") && text.contains("needs an evaluation metric"))
  }

  @Test func `A long table scrolls and says how much is hidden`() throws {
    let run = RunModel { log in
      for task in 10..<40 { log.eval(step: 0, ["eval/old/task\(task)/accuracy": 0.5]) }
    }
    var screen = try screen(run)
    #expect(screen.text.contains("old task10 accuracy") && !screen.text.contains("old task39 accuracy"))
    for _ in 0..<60 { screen.press("j") }
    #expect(screen.text.contains("backward transfer"))
    screen.press("k")
    #expect(!screen.text.contains("backward transfer"))
  }

  @Test func `Any size of the page keeps its parts apart and inside`() {
    for columns in stride(from: 1, through: 240, by: 7) {
      for rows in 0...70 {
        let body = CellRect(x: 0, y: 2, columns: columns, rows: rows)
        let most = ForgettingLayout.verdictLines(body)
        let layout = ForgettingLayout(
          body: body, lines: rows % 14, verdict: min(most, 1 + columns % 6), checkpoints: (columns + rows) % 9
        )
        let parts = [layout.verdict, layout.table, layout.chart].compactMap(\.self) + layout.scatters
        let cells = parts.reduce(0) { $0 + $1.columns * $1.rows }
        #expect(cells == columns * rows, "\(columns)x\(rows)")
        #expect(parts.allSatisfy { $0.y >= 2 && $0.maxY <= body.maxY && $0.maxX <= columns })
      }
    }
  }
}
