internal import CellCanvas
internal import Dashboard
internal import RunModel

/// One frame of the dashboard at 200×60 with ten million points, and with a tenth of them: whole, smoothed, zoomed.
struct RedrawBenchmark {
  private static let points = 10_000_000
  private static let size = CellSize(columns: 200, rows: 60)

  private let turns: Int

  init(quick: Bool) { turns = quick ? 15 : 51 }

  func run() -> [BenchmarkResult] {
    let many = DashboardState(run: SyntheticModel.run(points: Self.points))
    let few = DashboardState(run: SyntheticModel.run(points: Self.points / 10))
    var smoothed = many
    smoothed.charts.smoothing = ChartSettings.smoothingLevels.max() ?? 0
    var zoomed = many
    zoomed.charts.window = many.steps.middleThird
    let states = [few, many, smoothed, zoomed]
    var times = [[Double]](repeating: [], count: states.count)
    for _ in 0..<turns {
      for index in states.indices { times[index].append(processorSeconds { draw(states[index]) }) }
    }
    let names = ["1 million points", "10 million points", "10 million, smoothed", "10 million, zoomed"]
    let results = zip(names, times).map { name, times in
      let time = median(times) * 1000
      return BenchmarkResult(
        name: "redraw 200×60, \(name)", limit: "≤ 5", value: time, unit: "ms", passed: time <= 5)
    }
    let growth = median(zip(times[1], times[0]).map { $0 / $1 })
    return results + [
      BenchmarkResult(
        name: "redraw, 10 million / 1 million points", limit: "≤ 2", value: growth, unit: "×",
        passed: growth <= 2)
    ] + samples()
  }

  private static let samples = 5000

  /// The list of samples in two orders, one of them an evaluation ago, and one sample.
  private func samples() -> [BenchmarkResult] {
    let evaluations = turns * 4
    var list = DashboardState(
      run: SyntheticSamples.run(samples: Self.samples, evaluations: evaluations))
    list.page = .samples
    let key: (Key, DashboardState) -> DashboardState = { key, state in
      var state = state
      state.press(key, now: 0, size: Self.size)
      return state
    }
    let states = [
      ("list by divergence", list), ("list by class", key("s", key("s", key("s", list)))),
      ("list, an evaluation ago", key("[", list)), ("one sample", key(.enter, list)),
    ]
    return states.map { name, state in
      let time = median((0..<turns).map { _ in processorSeconds { draw(state) } }) * 1000
      return BenchmarkResult(
        name: "redraw 200×60, 5000 samples × \(evaluations), \(name)", limit: "≤ 5", value: time, unit: "ms",
        passed: time <= 5)
    }
  }

  private func draw(_ state: DashboardState) {
    let frame = DashboardView.draw(
      state, size: Self.size, context: DrawContext(glyphs: .braille, now: 1_760_000_000))
    precondition(frame.size == Self.size, "a whole frame was drawn")
  }
}

extension ClosedRange<Int> {
  fileprivate var middleThird: ClosedRange<Int> {
    let third = (upperBound - lowerBound) / 3
    return (lowerBound + third)...(upperBound - third)
  }
}
