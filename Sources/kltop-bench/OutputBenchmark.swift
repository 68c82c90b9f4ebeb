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
  private static let size = winsize(ws_row: 60, ws_col: 200, ws_xpixel: 0, ws_ypixel: 0)

  func run() throws -> [BenchmarkResult] {
    guard let program = ChildProcess.sibling(named: "kltop") else { return [] }
    return try ["", "truecolor"].map { colors in
      let kilobytes = Double(try bytes(of: program, colors: colors)) / 1000
      return BenchmarkResult(
        name: "output in the first 10 s at 12 steps/s, 200×60" + (colors.isEmpty ? "" : ", \(colors)"),
        limit: "≤ 60", value: kilobytes, unit: "kB", passed: kilobytes <= 60)
    }
  }

  private func bytes(of program: String, colors: String) throws(BenchmarkFailure) -> Int {
    let file = try BenchmarkFile()
    var ends: (emulator: Int32, device: Int32) = (-1, -1)
    var size = Self.size
    guard openpty(&ends.emulator, &ends.device, nil, nil, &size) == 0 else {
      throw BenchmarkFailure(message: "no terminal")
    }
    defer { close(ends.emulator) }
    let process = try ChildProcess.spawn(
      "/usr/bin/env",
      ["TERM=xterm-256color", "COLORTERM=\(colors)", "LC_ALL=C.UTF-8", program, file.path],
      on: ends.device)
    close(ends.device)
    let count = try watch(ends.emulator, writing: file)
    // Ctrl-C would be the shell's: the terminal is nobody's controlling one.
    guard kill(process, SIGTERM) == 0, waitpid(process, nil, 0) == process else {
      throw BenchmarkFailure(message: "\(program) ended too early")
    }
    return count
  }

  /// Writes the run as time goes by, and counts what the terminal is sent meanwhile.
  private func watch(_ emulator: Int32, writing file: borrowing BenchmarkFile) throws(BenchmarkFailure) -> Int
  {
    let start = ContinuousClock.now
    var count = 0
    var step = 0
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let now = (ContinuousClock.now - start) / .seconds(1)
      if now >= Self.seconds { return count }
      while Double(step) / Self.stepsPerSecond <= now {
        try file.append(Self.line(step))
        step += 1
      }
      let pause = Double(step) / Self.stepsPerSecond - now
      var source = pollfd(fd: emulator, events: Int16(POLLIN), revents: 0)
      if poll(&source, 1, Int32((pause * 1000).rounded(.up))) > 0 {
        count += max(0, read(emulator, &buffer, buffer.count))
      }
    }
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
