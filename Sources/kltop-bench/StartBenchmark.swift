internal import CellCanvas
internal import Dashboard
internal import RunFeed

/// From nothing to the first frame of a small run: in this process, and as a process of its own where the program lies
/// beside this one.
struct StartBenchmark {
  private let turns: Int
  /// A log to open instead of a made one.
  private let path: String?

  init(quick: Bool, path: String?) {
    turns = quick ? 11 : 41
    self.path = path
  }

  func run() throws -> [BenchmarkResult] {
    if let path { return try run(path) }
    let file = try BenchmarkFile()
    try file.append(SyntheticLog().lines(0..<300))
    return try run(file.path)
  }

  private func run(_ path: String) throws -> [BenchmarkResult] {
    var opened: [Double] = []
    var started: [ChildProcess.Usage] = []
    let program = ChildProcess.sibling(named: "kltop")
    for _ in 0..<turns {
      opened.append(try seconds { try open(path) })
      if let program {
        started.append(try ChildProcess.run(program, ["--once", "--size", "120x36", path]))
      }
    }
    let time = median(opened) * 1000
    let inProcess = BenchmarkResult(
      name: "opening a small run to its first frame, in process", limit: "", value: time, unit: "ms",
      passed: nil)
    return [inProcess] + (started.isEmpty ? [] : results(started))
  }

  private func results(_ started: [ChildProcess.Usage]) -> [BenchmarkResult] {
    let time = median(started.map(\.seconds)) * 1000
    let memory = median(started.map(\.residentMegabytes))
    return [
      BenchmarkResult(
        name: "kltop --once, start to end", limit: "≤ 50", value: time, unit: "ms", passed: time <= 50),
      BenchmarkResult(
        name: "kltop --once, resident memory", limit: "≤ 40", value: memory, unit: "MB", passed: memory <= 40),
    ]
  }

  private func open(_ path: String) throws {
    let run = try RunLoading.only(of: path, dialect: nil).loadAll()
    let frame = DashboardView.draw(
      DashboardState(run: run), size: CellSize(columns: 120, rows: 36),
      context: DrawContext(glyphs: .braille, now: 1_760_000_000))
    precondition(frame.size.columns == 120, "a whole frame was drawn")
  }
}
