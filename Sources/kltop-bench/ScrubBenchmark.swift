internal import CellCanvas
internal import Dashboard
internal import RunAnalysis
internal import RunFeed
internal import RunModel

/// A replay of ten million points that is dragged to and fro: the run as it was at a step, and a frame of it.
struct ScrubBenchmark {
  private static let points = 10_000_000
  private static let size = CellSize(columns: 200, rows: 60)

  private let turns: Int

  init(quick: Bool) { turns = quick ? 25 : 101 }

  func run() -> [BenchmarkResult] {
    var state = DashboardState(
      run: AnalysedRun(SyntheticModel.run(points: Self.points)), replay: ReplayPlayer())
    let steps = state.steps
    return [Page.overview, .forgetting].map { page in
      state.page = page
      let times = (0..<turns).map { turn in
        // Steps all over the run, in no order.
        let step = (turn * 611_953 + 104_729) % steps.count
        return processorSeconds {
          state.replay?.seek(to: step, within: steps)
          draw(state)
        }
      }
      let time = median(times) * 1000
      return BenchmarkResult(
        name: "scrub 200×60, 10 million points, \(page.title)", limit: "≤ 5", value: time, unit: "ms",
        passed: time <= 5)
    }
  }

  private func draw(_ state: DashboardState) {
    let frame = DashboardView.draw(
      state, size: Self.size, context: DrawContext(glyphs: .braille, now: 1_760_000_000))
    precondition(frame.size == Self.size, "a whole frame was drawn")
  }
}
