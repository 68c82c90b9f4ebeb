internal import CellCanvas
internal import Dashboard
internal import FileAccess
internal import RunAnalysis
internal import RunFeed
internal import RunLog
internal import RunModel

/// What ten times as much of something costs: reading it to the first frame. Nothing is quadratic where that is about
/// ten times as much time.
struct GrowthBenchmark {
  private static let limit = 12.0
  private static let runs = 10_000

  private let share: Int
  private let turns: Int

  /// With `quick` a tenth of everything.
  init(quick: Bool) {
    share = quick ? 10 : 1
    turns = quick ? 1 : 3
  }

  func run() throws -> [BenchmarkResult] {
    let logs = try GrowingLog.allCases.flatMap { log in
      try results(log.rawValue, log.most / share) { try load(log.lines($0)) }
    }
    return try logs + results("runs", Self.runs / share) { try list($0) }
  }

  private func results(_ name: String, _ count: Int, cost: (Int) throws -> Double) rethrows
    -> [BenchmarkResult]
  {
    var (few, many): ([Double], [Double]) = ([], [])
    for _ in 0..<turns {
      few.append(try cost(count / 10))
      many.append(try cost(count))
    }
    let growth = median(many) / median(few)
    return [
      BenchmarkResult(
        name: "\(count) \(name), to the first frame, processor time", limit: "", value: median(many) * 1000,
        unit: "ms", passed: nil),
      BenchmarkResult(
        name: "\(count) \(name) / a tenth of them", limit: "≤ \(Int(Self.limit))", value: growth, unit: "×",
        passed: growth <= Self.limit),
    ]
  }

  /// Seconds of processor time for a log.
  private func load(_ bytes: [UInt8]) throws -> Double {
    let file = try BenchmarkFile()
    try file.append(bytes)
    let before = processorSecondsOfProcess
    RedrawBenchmark.draw(try RunLoading.only(of: file.path, dialect: nil).loadAll())
    return processorSecondsOfProcess - before
  }

  /// The same for a folder of runs, listed.
  private func list(_ count: Int) throws -> Double {
    var folder = try BenchmarkFolder()
    let lines = SyntheticLog().lines(0..<2)
    for run in 0..<count {
      _ = try folder.add("run-\(run)")
      try folder.add("run-\(run)/metrics.jsonl", lines)
    }
    let before = processorSecondsOfProcess
    let entries = RunCatalogue().runs(at: [folder.path])
    precondition(entries.count == count, "every run is found")
    let loadings = entries.map { RunLoading($0, dialect: nil) }
    var state = DashboardState(run: loadings[0].listed)
    for loading in loadings.dropFirst() { _ = state.add(loading.listed) }
    state.page = .runs
    RedrawBenchmark.draw(state)
    return processorSecondsOfProcess - before
  }
}
