import CellCanvas
import Curves
import RunModel
import TestSupport
import Testing

@testable import Dashboard

struct DivergencePanelTests {
  @Test func `Both arguments are named, and d swaps them`() {
    var screen = Screen(SampleRun.digitsKL.run)
    #expect(screen.border(.divergence).contains("D(policy‖reference)  nats per row"))
    #expect(screen.inside(.divergence)[0].contains("■ new 5.2   ±0.29 logged 5.2"))
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

  @Test func `What the log says stands behind the direction it is logged in alone`() {
    var screen = Screen(SampleRun.digitsKL.run)
    let context = DrawContext(glyphs: .braille, now: 0)
    func shadows() -> [Int] {
      DivergencePanel.content(screen.state, context: context).curves.map { curve in
        curve.shadows.count { $0.branch.count > 0 }
      }
    }
    #expect(shadows() == [1, 1, 0], "of the training batches nothing is recomputed")
    screen.press("d")
    #expect(shadows() == [0, 0, 0])
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
