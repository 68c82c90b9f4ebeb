import CellCanvas
import RunModel
import TestSupport
import Testing

@testable import Dashboard

/// Every state on every small screen: nothing crashes, nothing is drawn outside.
struct EveryScreenTests {
  private static let runs: [RunModel] = [
    RunModel(path: ""), .everything(steps: 12), SampleRun.tinyLM.run,
    RunModel { log in
      for step in [Int.min, 0, Int.max] {
        log.train(step: step, ["loss": step == 0 ? .nan : Double(step), "kl": .infinity])
      }
    },
    RunModel {
      $0.train(
        step: .max, ["loss": .greatestFiniteMagnitude, "eval/accuracy": -Double.leastNonzeroMagnitude])
    },
  ]

  @Test(arguments: runs.indices, [nil, 5])
  func `Any size from nothing to forty columns`(run: Int, step: Int?) {
    let state = Screen(Self.runs[run], replayAt: step).state
    for columns in stride(from: 0, through: 40, by: 2) {
      for rows in 0...15 {
        for state in variants(of: state) {
          let size = CellSize(columns: columns + rows % 2, rows: rows)
          let frame = DashboardView.draw(state, size: size, context: DrawContext(glyphs: .braille, now: 0))
          #expect(frame.size == size)
        }
      }
    }
  }

  /// The whole screen, each panel maximised, the help, the samples and one of them.
  private func variants(of state: DashboardState) -> [DashboardState] {
    var help = state
    help.help.isShown = true
    var zoomed = state
    zoomed.zoom(by: 0.25, around: state.step)
    zoomed.charts.logarithmic = [.loss, .divergence, .forgetting]
    zoomed.charts.smoothing = 0.9
    var metrics = zoomed
    metrics.page = .metrics
    metrics.charts.cursor = state.step
    metrics.charts.xAxis = .elapsed
    var metric = metrics
    metric.metrics.isMaximised = true
    metric.charts.isRobust = true
    var samples = state
    samples.page = .samples
    var sample = samples
    sample.toggleSample()
    return [state, help, zoomed, metrics, metric, samples, sample]
      + Panel.allCases.map { panel in
        var maximised = state
        maximised.moveFocus(to: panel)
        maximised.overview.isMaximised = true
        return maximised
      }
  }

  @Test(arguments: runs.indices, [(80, 24), (121, 37), (200, 60), (300, 100)])
  func `Any state at usual sizes`(run: Int, size: (Int, Int)) {
    for step in [nil, Int.min, 0, Int.max] {
      let screen = Screen(Self.runs[run], replayAt: step, columns: size.0, rows: size.1)
      for state in variants(of: screen.state) {
        for glyphs in [GlyphSet.braille, .ascii] {
          let frame = DashboardView.draw(
            state, size: screen.size, context: DrawContext(glyphs: glyphs, now: 1e18))
          let text = FrameText.plain(frame)
          #expect(text.contains("kltop") || text.contains("keys") || text.contains("step"))
          if glyphs.isASCII { #expect(text.unicodeScalars.allSatisfy { $0.isASCII }) }
        }
      }
    }
  }

  @Test func `Every key in any order keeps the dashboard alive`() {
    var random = SplitMix64(seed: 11)
    let keys = KeyTable.standard.bindings.flatMap(\.keys).filter { $0 != "q" && $0 != .control("c") }
    for run in Self.runs {
      for step in [nil, 3] {
        var screen = Screen(run, replayAt: step, columns: 90, rows: 26)
        for _ in 0..<150 {
          screen.now += 0.1
          if let key = keys.randomElement(using: &random) { screen.press(key) }
          screen.state.tick(now: screen.now)
          #expect(screen.state.steps.contains(screen.state.step))
          if let window = screen.state.charts.window {
            #expect(window.clamped(to: screen.state.steps) == window)
          }
        }
        #expect(screen.frame.size == screen.size)
        #expect(!screen.state.wantsToQuit)
      }
    }
  }

  @Test(arguments: [(19, 5), (20, 4), (1, 1), (10, 3)])
  func `A screen that is too small says what it needs`(columns: Int, rows: Int) {
    let screen = Screen(.everything(), columns: columns, rows: rows)
    let wanted = ["kltop needs", "20x5, this", "is \(columns)x\(rows)"]
    let visible = wanted.prefix(rows).map { String($0.prefix(columns)) }
    #expect(screen.rows.filter { !$0.isEmpty } == visible)
  }

  @Test func `The smallest screen has step, state, loss and divergence`() {
    expect(
      Screen(SampleRun.digitsKL.run, columns: 20, rows: 5).frame,
      looksLike: """
         step 200  ● LIVE
         loss 0.612
         D eval new 5.2
         D eval old 0.74
         ✓ no findings
        """)
  }

  @Test func `Drawing twice gives the same frame`() {
    let screen = Screen(.everything(), columns: 100, rows: 30)
    #expect(screen.frame == screen.frame)
  }
}
