internal import CellCanvas
internal import Dashboard
internal import RunAnalysis
internal import RunFeed
internal import RunModel

/// One frame of the dashboard at 200×60 with ten million points, and with a tenth of them: whole, smoothed, zoomed,
/// along time, as small charts of all keys, and scrubbed through; and with a divergence at each of many steps.
struct RedrawBenchmark {
  private static let points = 10_000_000
  private static let divergences = 60_000
  private static let size = CellSize(columns: 200, rows: 60)

  private let turns: Int

  init(quick: Bool) { turns = quick ? 15 : 51 }

  func run() -> [BenchmarkResult] {
    let cases = cases
    var times = [[Double]](repeating: [], count: cases.count)
    for turn in 0..<turns {
      for (index, (_, state)) in cases.enumerated() {
        // Scrubbing: the crosshair and the replay are elsewhere in each frame.
        var state = state
        let share = Double(turn + 1) / Double(turns + 1)
        let step =
          state.steps.lowerBound + Int(share * Double(state.steps.upperBound - state.steps.lowerBound))
        if state.charts.cursor != nil { state.charts.cursor = step }
        let steps = state.steps
        times[index].append(
          processorSeconds {
            state.replay?.seek(to: step, within: steps)
            Self.draw(state)
          })
      }
    }
    let results = zip(cases, times).map { entry, times in
      let time = median(times) * 1000
      return BenchmarkResult(
        name: "redraw 200×60, \(entry.0)", limit: "≤ 5", value: time, unit: "ms", passed: time <= 5)
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
      run: AnalysedRun(SyntheticSamples.run(samples: Self.samples, evaluations: evaluations)))
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
      let time = median((0..<turns).map { _ in processorSeconds { Self.draw(state) } }) * 1000
      return BenchmarkResult(
        name: "redraw 200×60, 5000 samples × \(evaluations), \(name)", limit: "≤ 5", value: time, unit: "ms",
        passed: time <= 5)
    }
  }

  private var cases: [(String, DashboardState)] {
    let many = SyntheticModel.run(points: Self.points)
    let state = DashboardState(run: AnalysedRun(many))
    func changed(_ change: (inout DashboardState) -> Void) -> DashboardState {
      var changed = state
      change(&changed)
      return changed
    }
    var replay = DashboardState(run: AnalysedRun(many), replay: ReplayPlayer(step: 0))
    replay.tick(now: 0)
    return [
      ("1 million points", DashboardState(run: AnalysedRun(SyntheticModel.run(points: Self.points / 10)))),
      ("10 million points", state),
      ("10 million, smoothed", changed { $0.charts.smoothing = ChartSettings.smoothingLevels.max() ?? 0 }),
      ("10 million, zoomed", changed { $0.charts.window = $0.steps.middleThird }),
      (
        "10 million, robust, logarithmic",
        changed {
          $0.charts.isRobust = true
          $0.charts.logarithmic = [.loss, .divergence, .forgetting]
        }
      ),
      ("10 million, along time", changed { $0.charts.xAxis = .elapsed }),
      ("10 million, crosshair moving", changed { $0.charts.cursor = 0 }),
      ("10 million, replay moving", replay),
      ("10 million, all metrics", changed { $0.page = .metrics }),
      (
        "60,000 divergences",
        DashboardState(run: AnalysedRun(SyntheticModel.measured(steps: Self.divergences)))
      ),
    ]
  }

  /// The first frame of a run.
  static func draw(_ run: AnalysedRun) { draw(DashboardState(run: run)) }

  static func draw(_ state: DashboardState) {
    let frame = DashboardView.draw(
      state, size: size, context: DrawContext(glyphs: .braille, now: 1_760_000_000))
    precondition(frame.size == size, "a whole frame was drawn")
  }
}

extension ClosedRange<Int> {
  fileprivate var middleThird: ClosedRange<Int> {
    let third = (upperBound - lowerBound) / 3
    return (lowerBound + third)...(upperBound - third)
  }
}
