internal import CellCanvas
internal import Dashboard
internal import Divergence
internal import RunAnalysis
internal import RunLog
internal import RunModel

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A file that grows line by line: how long until a line is in a frame, and what waiting for none costs.
struct FollowBenchmark {
  private static let firstLines = 1000

  private let lines: Int
  private let idleSeconds: Int

  init(quick: Bool) {
    lines = quick ? 200 : 1000
    idleSeconds = quick ? 4 : 15
  }

  func run() throws -> [BenchmarkResult] {
    let file = try BenchmarkFile()
    let log = SyntheticLog()
    try file.append(log.lines(0..<Self.firstLines))
    let reader = try RunOpening.reader(of: file.path)
    defer { reader.stop() }
    var state = DashboardState(run: AnalysedRun(RunModel(path: file.path)))
    receive(from: reader, until: Self.firstLines - 1, into: &state)

    var delays: [Double] = []
    for step in Self.firstLines..<Self.firstLines + lines {
      usleep(UInt32(3000 + step % 7 * 1000))
      let line = log.lines(step..<step + 1)
      delays.append(
        try seconds {
          try file.append(line)
          receive(from: reader, until: step, into: &state)
          draw(state)
        } * 1000)
    }
    return results(delays, idlePercent: idlePercent(state, reader))
  }

  private func receive(
    from reader: RunReaderThread<MeasuredBatch>, until step: Int, into state: inout DashboardState
  ) {
    while state.run.lastStep ?? -1 < step {
      RunOpening.wait(for: reader, milliseconds: -1)
      while let measured = reader.take() { state.receive(measured, now: 0) }
    }
  }

  /// Percent of a core while nothing comes and the screen only moves its clock, as the program's loop does.
  private func idlePercent(_ state: DashboardState, _ reader: RunReaderThread<MeasuredBatch>) -> Double {
    let before = processorSecondsOfProcess
    for _ in 0..<idleSeconds {
      RunOpening.wait(for: reader, milliseconds: 1000)
      draw(state)
    }
    let used = processorSecondsOfProcess - before
    return used / Double(idleSeconds) * 100
  }

  private func draw(_ state: DashboardState) {
    let frame = DashboardView.draw(
      state, size: CellSize(columns: 200, rows: 60), context: DrawContext(glyphs: .braille, now: 0))
    precondition(frame.size.columns == 200, "a whole frame was drawn")
  }

  private func results(_ delays: [Double], idlePercent: Double) -> [BenchmarkResult] {
    let late = quantile(0.99, of: delays.span)
    return [
      BenchmarkResult(
        name: "appended line to frame, median of \(delays.count)", limit: "", value: median(delays),
        unit: "ms",
        passed: nil),
      BenchmarkResult(
        name: "appended line to frame, 99th percentile", limit: "≤ 50", value: late, unit: "ms",
        passed: late <= 50),
      BenchmarkResult(
        name: "idle, file quiet", limit: "≤ 0.3", value: idlePercent, unit: "% of a core",
        passed: idlePercent <= 0.3),
    ]
  }
}
