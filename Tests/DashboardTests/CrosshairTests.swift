import CellCanvas
import Curves
import RunAnalysis
import RunModel
import TestSupport
import Testing

@testable import Dashboard

struct CrosshairTests {
  /// Losses at every third step, an accuracy at every twelfth.
  private func run() -> RunModel {
    RunModel { log in
      for step in stride(from: 0, through: 60, by: 3) {
        log.train(step: step, ["loss": Double(step) / 10])
        if step % 12 == 0 { log.eval(step: step, ["eval/old/accuracy": 1 - Double(step) / 100]) }
      }
    }
  }

  @Test func `x puts the crosshair on the last step, arrows move it point by point, Escape takes it away`() {
    var screen = Screen(run())
    #expect(screen.state.viewedStep == 60)
    screen.press("x", .left, .left)
    #expect(screen.state.viewedStep == 54)
    screen.press(.right)
    #expect(screen.state.viewedStep == 57)
    screen.press(.right, .right, .right)
    #expect(screen.state.viewedStep == 60)
    screen.press(.escape)
    #expect(screen.state.crosshair == nil)
    screen.press("x", "x")
    #expect(screen.state.crosshair == nil)
    screen.press(.left)
    #expect(screen.state.crosshair == 60, "the first arrow puts it there")
  }

  @Test func `Every legend has the values of the crosshair's step, and the axis names it`() {
    var screen = Screen(run())
    screen.press("x")
    for _ in 0..<10 { screen.press(.left) }
    #expect(screen.state.viewedStep == 30)
    #expect(screen.inside(.loss).contains { $0.contains("fine-tune 3") }, "\(screen.text)")
    #expect(screen.inside(.forgetting).contains { $0.contains("1 → 0.76") }, "of step 24, the last before")
    #expect(screen.text.contains("30"))
    let marked = screen.frame.cells.filter { $0.style.role == .selection }
    #expect(marked.contains { $0.content.character == "3" })
  }

  @Test func `The line of the crosshair hides no curve`() {
    var screen = Screen(run())
    let before = screen.frame
    screen.press("x", .left, .left, .left, .left)
    let after = screen.frame
    let dashes = after.places(of: "┊")
    #expect(dashes.count > 10)
    for place in dashes { #expect(before.cell(x: place.x, y: place.y)?.content.isBlank == true) }
  }

  @Test func `In a replay arrows move the crosshair while it is there, never behind the replay`() {
    var screen = Screen(run(), replayAt: 30)
    screen.press(.right)
    #expect(screen.state.step == 31)
    screen.press("x", .left)
    #expect(screen.state.step == 31)
    #expect(screen.state.viewedStep == 30)
    screen.press(.right, .right)
    #expect(screen.state.viewedStep == 31, "step 33 is still to come")
    screen.press("x", .left)
    #expect(screen.state.step == 30)
  }

  @Test func `A run without points keeps its crosshair`() {
    var screen = Screen(RunModel(path: "run"))
    screen.press("x", .left, .right)
    #expect(screen.state.viewedStep == 0)
  }

  @Test func `A click puts the crosshair under the pointer, in all charts`() throws {
    var screen = Screen(run())
    func mouse(_ kind: MouseEvent.Kind, x: Int) {
      let event = MouseEvent(x: x, y: 6, kind: kind, button: 1)
      screen.state.click(event, now: 0, size: screen.size)
    }
    mouse(.press, x: 40)
    let first = try #require(screen.state.crosshair)
    let lines = Set(screen.frame.places(of: "┊").map(\.x))
    #expect(lines.contains(40) && lines.allSatisfy { abs($0 - 40) <= 1 }, "gutters differ by a column")
    mouse(.release, x: 41)
    #expect(screen.state.charts.window == nil, "a click is no drag")
    mouse(.press, x: 20)
    mouse(.release, x: 40)
    let window = try #require(screen.state.charts.window)
    #expect(window.upperBound == first && window.lowerBound < first, "what was dragged over is zoomed in on")
    mouse(.press, x: 1)
    #expect(screen.state.crosshair == window.lowerBound, "labels are no place for it")
  }

  @Test func `Jumps go to the ends of the values, to evaluations and to findings`() {
    let run = RunModel { log in
      for step in 0...60 {
        let loss = step == 44 ? -3.0 : step == 7 ? 50 : step == 30 || step == 50 ? .nan : 1
        log.train(step: step, ["loss": loss])
        if step % 12 == 0 { log.eval(step: step, ["eval/old/accuracy": 1]) }
      }
    }
    var screen = Screen(run)
    func at(_ key: Key) -> Int {
      screen.press(key)
      return screen.state.viewedStep
    }
    #expect(at("(") == 44)
    #expect(at(")") == 7)
    #expect(at("e") == 12)
    #expect(at("e") == 24)
    #expect(at("E") == 12)
    #expect(at("!") == 30, "the first loss that is no number")
    #expect(at("!") == 30, "after the last finding comes the first")
    screen.press("x", "x", "e")
    #expect(screen.text.contains("no later evaluation"))
    screen.press("s")
    #expect(!screen.text.contains("no later evaluation"))
  }

  @Test func `! goes from finding to finding in the order of the steps, and begins with the first`() {
    let run = RunModel { log in
      for step in 0...60 {
        log.train(
          step: step,
          ["loss": step == 40 ? .nan : 1, "total_loss": step == 12 ? .infinity : 1.5, "eval_loss": 1])
        if step == 25 { log.eval(step: step, ["eval/loss": .nan]) }
      }
    }
    var screen = Screen(run)
    #expect(Set(screen.state.findings.map(\.step)) == [12, 25, 40])
    let steps = (0..<5).map { _ in
      screen.press("!")
      return screen.state.viewedStep
    }
    #expect(steps == [12, 25, 40, 12, 25])
    screen.state.putCrosshair(on: 24)
    screen.press("!")
    #expect(screen.state.viewedStep == 25, "the next one, not the first")
    screen.press("x", "!")
    #expect(screen.state.viewedStep == 12, "without a crosshair the first one")
    for step in [12, 25, 40] {
      screen.state.putCrosshair(on: step)
      let bar = screen.frame.places(of: "┊")
      #expect(!bar.isEmpty)
    }
  }

  @Test func `A step of one run says nothing of another: crosshair and zoom go with the run`() {
    var screen = Screen(run())
    _ = screen.state.add(run())
    screen.press("x", .left, "+")
    #expect(screen.state.crosshair == 57 && screen.state.charts.window != nil)
    screen.state.select(run: 0)
    #expect(screen.state.crosshair == 57 && screen.state.charts.window != nil, "the same run keeps them")
    screen.press("}")
    #expect(screen.state.runs.selected == 1)
    #expect(screen.state.charts.cursor == nil && screen.state.charts.window == nil)
    screen.press("x", "+", "r", .enter)
    #expect(screen.state.page == .overview)
    #expect(screen.state.runs.selected == 1 && screen.state.crosshair == 60, "the run that was chosen before")
  }

  @Test func `A jump out of sight brings its step into the middle of the window`() throws {
    var screen = Screen(run())
    screen.press("+", "+")
    #expect(screen.state.charts.window == 45...60)
    screen.state.putCrosshair(on: 12)
    let window = try #require(screen.state.charts.window)
    #expect(window.contains(12) && window.span == 15)
  }
}
