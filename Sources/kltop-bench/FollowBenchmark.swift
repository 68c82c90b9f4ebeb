internal import CellCanvas
internal import Dashboard
internal import Divergence
internal import RunFeed
internal import RunModel

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A file that grows line by line: how long until a line is in a frame, and what waiting for none costs.
///
/// Both are measured on the program in a terminal, where it lies beside this one; the frame also in this process, from
/// what the program's loop is made of.
struct FollowBenchmark {
  private static let firstLines = 1000
  /// Silence after which a screen has shown all there is, in seconds; its charts follow five times a second.
  private static let quiet = 0.25

  private let lines: Int
  private let linesInTerminal: Int
  private let idleSeconds: Double

  init(quick: Bool) {
    lines = quick ? 200 : 1000
    linesInTerminal = quick ? 20 : 200
    idleSeconds = quick ? 4 : 15
  }

  func run() throws -> [BenchmarkResult] {
    var results = delay("appended line to frame, in process", try delaysInProcess())
    if let program = ChildProcess.sibling(named: "kltop") { results += try inTerminal(program) }
    return results
  }

  /// Milliseconds from writing a line until the frame with it is drawn.
  private func delaysInProcess() throws -> [Double] {
    let file = try BenchmarkFile()
    let log = SyntheticLog()
    try file.append(log.lines(0..<Self.firstLines))
    let loading = try RunLoading.only(of: file.path, dialect: nil)
    var sources = try RunSources([loading])
    defer { sources.stop() }
    var state = DashboardState(run: loading.unread)
    receive(from: &sources, until: Self.firstLines - 1, into: &state)
    return try (Self.firstLines..<Self.firstLines + lines).map { step in
      usleep(UInt32(3000 + step % 7 * 1000))
      let line = log.lines(step..<step + 1)
      return try seconds {
        try file.append(line)
        receive(from: &sources, until: step, into: &state)
        draw(state)
      } * 1000
    }
  }

  private func receive(from sources: inout RunSources, until step: Int, into state: inout DashboardState) {
    while state.run.lastStep ?? -1 < step { Self.receive(from: &sources, into: &state) }
  }

  /// Waits for news and takes them in.
  ///
  /// - Parameter most: how many between two frames.
  static func receive(
    from sources: inout RunSources, into state: inout DashboardState, most: Int = .max
  ) {
    var questions = sources.wakeDescriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    poll(&questions, nfds_t(questions.count), -1)
    var received = 0
    while received < most, let (run, news) = sources.take() {
      received += 1
      switch news {
      case .records(let measured): state.receive(measured, ofRun: run, now: 0)
      case .logitsFile(let news): state.receive(news, ofRun: run)
      case .folder(let news): state.receive(news, ofRun: run)
      }
    }
  }

  private func draw(_ state: DashboardState) {
    let frame = DashboardView.draw(
      state, size: CellSize(columns: 200, rows: 60), context: DrawContext(glyphs: .braille, now: 0))
    precondition(frame.size.columns == 200, "a whole frame was drawn")
  }

  /// Milliseconds from writing a line until the terminal is sent something, and percent of a core without lines.
  ///
  /// The clock in the header is sent once a second too: of the lines, one in some hundred may meet it.
  private func inTerminal(_ program: String) throws(BenchmarkFailure) -> [BenchmarkResult] {
    let file = try BenchmarkFile()
    let log = SyntheticLog()
    try file.append(log.lines(0..<Self.firstLines))
    var terminal = try ProgramInTerminal(program, watching: file.path)
    guard terminal.bytesSent(within: 30) > 0 else {
      throw BenchmarkFailure(message: "\(program) drew nothing")
    }
    var delays: [Double] = []
    for step in Self.firstLines..<Self.firstLines + linesInTerminal {
      terminal.waitUntilQuiet(for: Self.quiet)
      let line = log.lines(step..<step + 1)
      let start = ContinuousClock.now
      try file.append(line)
      guard terminal.bytesSent(within: 30) > 0 else {
        throw BenchmarkFailure(message: "\(program) never showed a line")
      }
      delays.append((ContinuousClock.now - start) / .milliseconds(1))
    }
    return delay("appended line to terminal, kltop", delays) + idle(&terminal)
  }

  private func idle(_ terminal: inout ProgramInTerminal) -> [BenchmarkResult] {
    terminal.waitUntilQuiet(for: Self.quiet)
    let start = ContinuousClock.now
    let before = terminal.processorSeconds
    while (ContinuousClock.now - start) / .seconds(1) < idleSeconds {
      _ = terminal.bytesSent(within: 0.5)
    }
    guard let before, let after = terminal.processorSeconds else { return [] }
    let percent = (after - before) / ((ContinuousClock.now - start) / .seconds(1)) * 100
    return [
      BenchmarkResult(
        name: "idle, file quiet, kltop", limit: "≤ 0.3", value: percent, unit: "% of a core",
        passed: percent <= 0.3)
    ]
  }

  private func delay(_ name: String, _ delays: [Double]) -> [BenchmarkResult] {
    let late = quantile(0.99, of: delays.span)
    return [
      BenchmarkResult(
        name: "\(name), median of \(delays.count)", limit: "", value: median(delays), unit: "ms", passed: nil),
      BenchmarkResult(
        name: "\(name), 99th percentile", limit: "≤ 50", value: late, unit: "ms", passed: late <= 50),
    ]
  }
}
