#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// What a terminal is sent in the first ten seconds of a live run, from the first frame on, where the program lies beside
/// this one.
struct OutputBenchmark {
  private static let seconds = 10.0
  private static let stepsPerSecond = 12.0

  func run() throws -> [BenchmarkResult] {
    guard let program = ChildProcess.sibling(named: "kltop") else { return [] }
    return try ["", "truecolor"].map { colors in
      let kilobytes = Double(try bytes(of: program, colors: colors)) / 1000
      return BenchmarkResult(
        name: "output in the first 10 s at 12 steps/s, 200×60" + (colors.isEmpty ? "" : ", \(colors)"),
        limit: "≤ 60", value: kilobytes, unit: "kB", passed: kilobytes <= 60)
    }
  }

  /// Writes the run as time goes by, and counts what the terminal is sent meanwhile.
  private func bytes(of program: String, colors: String) throws(BenchmarkFailure) -> Int {
    let file = try BenchmarkFile()
    var terminal = try ProgramInTerminal(program, watching: file.path, colors: colors)
    let start = ContinuousClock.now
    var count = 0
    var step = 0
    while true {
      let now = (ContinuousClock.now - start) / .seconds(1)
      if now >= Self.seconds { break }
      while Double(step) / Self.stepsPerSecond <= now {
        try file.append(Self.line(step))
        step += 1
      }
      count += terminal.bytesSent(within: Double(step) / Self.stepsPerSecond - now)
    }
    guard terminal.isRunning else { throw BenchmarkFailure(message: "\(program) ended too early") }
    return count
  }

  /// A noisy loss that falls and a divergence that rises, as runs begin.
  private static func line(_ step: Int) -> [UInt8] {
    let x = Double(step)
    let noise = sin(x * 12.9898) * 0.05
    let loss = 2 / (1 + x / 300) + 0.3 + noise
    let kl = 0.4 * x / (x + 200) + noise / 5
    let modes = "\"mode\":\"train\",\"grad_enabled\":true,\"ref_mode\":\"eval\",\"ref_grad_enabled\":false"
    var text = "{\"step\":\(step),\(modes),\"loss\":\(loss),\"kl\":\(kl),\"total_loss\":\(loss + 0.2 * kl)}\n"
    if step.isMultiple(of: 10) {
      let old = 0.98 - 0.3 * x / (x + 300)
      text += "{\"step\":\(step),\"mode\":\"eval\",\"grad_enabled\":false,\"eval/old/accuracy\":\(old),"
      text += "\"eval/new/accuracy\":\(x / (x + 200))}\n"
    }
    return Array(text.utf8)
  }
}
