import CellCanvas
import Curves
import RunFeed
import RunModel
import TestSupport
import Testing

@testable import Dashboard

struct RunsPageTests {
  /// Three runs: one forgets, one does not, one has no probes and a best loss in its middle.
  private static func screen(columns: Int = 120, rows: Int = 24, replayAt step: Int? = nil) -> Screen {
    var screen = Screen(.story("forgets", loss: 0.5, drift: 2), replayAt: step, columns: columns, rows: rows)
    _ = screen.state.add(.story("keeps", loss: 0.8, drift: 0.25))
    _ = screen.state.add(
      RunModel(named: "dips") { log in
        for (step, loss) in [3, 1, 0.25, 2].enumerated() { log.train(step: step * 10, ["train/loss": loss]) }
      })
    screen.press("r")
    return screen
  }

  private func row(_ name: String, of screen: Screen) -> [String] {
    let line = screen.rows.dropFirst().first { $0.contains(name) } ?? ""
    return line.split { $0 == " " || $0 == "│" }.map(String.init)
  }

  /// The names of the runs from top to bottom.
  private func order(_ screen: Screen) -> [String] {
    let table = screen.rows.dropFirst().prefix { !$0.hasPrefix("└") }
    return table.compactMap { line in ["forgets", "keeps", "dips"].first { line.contains(" \($0) ") } }
  }

  @Test func `Every run has its last value, its best one and the step of that`() {
    let screen = Self.screen(columns: 160)
    #expect(row("dips", of: screen).suffix(9).prefix(3) == ["2", "0.25", "20"])
    #expect(row("forgets", of: screen).joined(separator: " ").contains("40 0.5 0.5 40"))
  }

  @Test func `A measure that a run does not have leaves its place empty`() {
    let cells = row("dips", of: Self.screen(columns: 160))
    #expect(cells.suffix(6) == ["–", "–", "–", "–", "–", "–"])
  }

  @Test func `The same quantity is compared whatever its key is called`() {
    let runs = Self.screen().state.runs.runs.map(\.shown)
    let measures = ComparedMetric.all(in: runs, direction: .policyReference)
    #expect(measures.map(\.label) == ["fine-tune loss", "D eval old, nats", "old accuracy"])
    #expect(measures[0].points(in: runs[0])?.value(at: .max) == 0.5)
    #expect(measures[0].points(in: runs[2])?.value(at: .max) == 2)
    #expect(measures[1].points(in: runs[2]) == nil)
  }

  @Test func `Every column sorts both ways, and runs without a number come last`() {
    var screen = Self.screen()
    #expect(order(screen) == ["forgets", "keeps", "dips"])
    screen.press("s")
    #expect(screen.state.runsTable.sort == .name)
    #expect(order(screen) == ["dips", "forgets", "keeps"])
    screen.press("S")
    #expect(order(screen) == ["keeps", "forgets", "dips"])
    screen.press("s", "s")
    #expect(order(screen) == ["forgets", "keeps", "dips"], "by the last loss")
    screen.press("s", "s")
    #expect(order(screen) == ["keeps", "forgets", "dips"], "by the divergence, which dips does not have")
    screen.press("S")
    #expect(order(screen) == ["forgets", "keeps", "dips"])
  }

  @Test func `The baseline is what all runs are compared with`() {
    var screen = Self.screen()
    screen.press("j", "b")
    #expect(screen.state.runs.baseline == 1)
    #expect(screen.text.contains("vs base"))
    #expect(row("forgets", of: screen).contains("−0.3"))
    #expect(row("dips", of: screen).contains("+1.2"))
    screen.press("b")
    #expect(!screen.text.contains("vs base"))
  }

  @Test func `Runs are hidden and shown alone in charts`() {
    var screen = Self.screen()
    screen.press("v")
    #expect(screen.state.runs.visible == [1, 2])
    #expect(screen.text.contains("2 in charts"))
    screen.press("j", "j", "a")
    #expect(screen.state.runs.visible == [2])
    screen.press("a")
    #expect(screen.state.runs.visible == [1, 2])
    screen.press("a", "v")
    #expect(screen.state.runs.visible == [1], "hiding ends the solo")
  }

  @Test func `Enter looks at a run, braces go through all of them`() {
    var screen = Self.screen()
    screen.press("j", .enter)
    #expect(screen.state.page == .overview)
    #expect(screen.rows[0].contains("keeps"))
    screen.press("}")
    #expect(screen.rows[0].contains("dips"))
    screen.press("}", "{")
    #expect(screen.state.runs.selected == 2)
  }

  @Test func `A replay tells what was known at its step`() {
    let screen = Self.screen(replayAt: 10)
    #expect(row("dips", of: screen).contains("1"))
    #expect(!row("dips", of: screen).contains("0.25"))
  }

  @Test func `Measures without room are counted and can be reached`() {
    var screen = Self.screen(columns: 80)
    #expect(screen.text.contains("2 more measures →"))
    #expect(!screen.text.contains("old accuracy"))
    screen.press(">", ">")
    #expect(screen.text.contains("old accuracy"))
    #expect(screen.text.contains("← 2 more measures"))
    screen.press("<", "<", "<")
    #expect(screen.text.contains("fine-tune loss"))
  }

  @Test func `A click on a heading sorts, on a run chooses it, twice looks at it`() throws {
    var screen = Self.screen()
    let x = try #require(screen.frame.places(of: "r").first { $0.y == 3 }).x
    screen.state.click(MouseEvent(x: x, y: 3, kind: .press, button: 1), now: 0, size: screen.size)
    #expect(screen.state.runsTable.sort == .name)
    let y = try #require(screen.rows.firstIndex { $0.contains("keeps") })
    screen.state.click(MouseEvent(x: 20, y: y, kind: .press, button: 1), now: 0, size: screen.size)
    #expect(screen.state.runsTable.cursor == 1)
    screen.state.click(MouseEvent(x: 20, y: y, kind: .doubleClick, button: 1), now: 0, size: screen.size)
    #expect(screen.state.runs.selected == 1)
    #expect(screen.state.page == .overview)
  }

  @Test func `More runs than rows scroll with the cursor`() {
    var screen = Self.screen(rows: 10)
    for number in 0..<30 { _ = screen.state.add(.story("more \(number)", loss: 1, drift: 0)) }
    #expect(screen.text.contains("below"))
    for _ in 0..<40 { screen.press("j") }
    #expect(screen.text.contains("more 29"))
    #expect(screen.text.contains("above") && !screen.text.contains("below"))
  }

  @Test func `Charts below the table have a curve for each visible run, over the steps of all`() {
    var screen = Self.screen(columns: 120, rows: 40)
    let charts = screen.rows.drop { !$0.contains("┌ fine-tune loss") }
    #expect(charts.first?.contains("┌ D eval old, nats") == true)
    for name in ["● forgets 0.5", "▲ keeps 0.8", "■ dips 2"] {
      #expect(charts.contains { $0.contains(name) })
    }
    screen.press("v")
    #expect(!screen.text.contains("● forgets 0.5"))
    #expect(screen.text.contains("▲ keeps 0.8"))
  }

  @Test func `An open sample tells what became of it in the other runs`() {
    var screen = Self.screen(columns: 120, rows: 40)
    screen.press("i", .enter)
    #expect(screen.text.contains("▲ keeps  D 0.00775 nats  top-1 1  at step 40"))
    #expect(!screen.text.contains("■ dips  D"))
    screen.press("r", "j", "v", "i")
    #expect(!screen.text.contains("▲ keeps  D"))
  }

  @Test(arguments: [(80, 24), (120, 36), (200, 60)])
  func `What the page looks like`(columns: Int, rows: Int) {
    var screen = Self.screen(columns: columns, rows: rows)
    screen.press("j", "b", "j", "v")
    expectGolden(screen.frame, named: "runs-\(columns)x\(rows)", in: GoldenFrameTests.directory)
  }

  @Test(arguments: [(1, 1), (20, 5), (33, 8), (500, 100)])
  func `Any size is drawn`(columns: Int, rows: Int) {
    #expect(Self.screen(columns: columns, rows: rows).frame.size == CellSize(columns: columns, rows: rows))
  }
}

struct ExtentPlaceTests {
  @Test func `The first smallest and largest finite value of any range are found`() {
    var random = SplitMix64(seed: 5)
    let values = (0..<700).map { _ -> Double in
      Int.random(in: 0..<9, using: &random) == 0 ? .nan : Double(Int.random(in: -20..<20, using: &random))
    }
    let run = RunModel { log in
      for (step, value) in values.enumerated() { log.train(step: step, ["x": value]) }
    }
    let branch = run.series[0].current
    for _ in 0..<300 {
      let start = Int.random(in: 0..<700, using: &random)
      let range = start..<Int.random(in: start...700, using: &random)
      let finite = range.filter { values[$0].isFinite }
      let low = finite.map { values[$0] }.min()
      let high = finite.map { values[$0] }.max()
      #expect(branch.firstPlace(of: .lowest, in: range) == finite.first { values[$0] == low })
      #expect(branch.firstPlace(of: .highest, in: range) == finite.first { values[$0] == high })
    }
  }
}

extension RunModel {
  /// Five evaluations, ten steps apart: a loss that ends at `loss`, and logits that end `drift` away.
  fileprivate static func story(_ name: String, loss: Double, drift: Double) -> RunModel {
    RunModel(named: name) { log in
      for step in stride(from: 0, through: 40, by: 10) {
        let share = Double(step) / 40
        log.train(step: step, ["loss": 2 - (2 - loss) * share], time: Double(step))
        log.eval(step: step, ["eval/old/accuracy": 1 - share * drift / 4])
        log.logits(
          step: step, set: "old", [SyntheticSample("a", policy: [1, 1 + drift * share], reference: [1, 1])])
      }
    }
  }
}
