#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The program beside this one, drawing a log into a terminal of 200×60 that is read here; ended with its owner.
struct ProgramInTerminal: ~Copyable {
  private static let size = winsize(ws_row: 60, ws_col: 200, ws_xpixel: 0, ws_ypixel: 0)

  private let process: pid_t
  private let emulator: Int32
  private var buffer = [UInt8](repeating: 0, count: 65_536)

  /// - Parameters:
  ///   - program: the path of the program.
  ///   - log: what it watches.
  ///   - colors: `truecolor` for any colour, empty for 256.
  /// - Throws: where the system gives no terminal or does not start the program.
  init(_ program: String, watching log: String, colors: String = "") throws(BenchmarkFailure) {
    var ends: (emulator: Int32, device: Int32) = (-1, -1)
    var size = Self.size
    guard openpty(&ends.emulator, &ends.device, nil, nil, &size) == 0 else {
      throw BenchmarkFailure(message: "no terminal")
    }
    defer { close(ends.device) }
    do {
      process = try ChildProcess.spawn(
        "/usr/bin/env",
        ["TERM=xterm-256color", "COLORTERM=\(colors)", "LC_ALL=C.UTF-8", program, log], on: ends.device)
    } catch {
      close(ends.emulator)
      throw error
    }
    emulator = ends.emulator
  }

  deinit {
    close(emulator)
    kill(process, SIGTERM)
    waitpid(process, nil, 0)
  }

  /// Bytes that the terminal is sent within some seconds, or by the first of them; 0 where nothing came in time.
  mutating func bytesSent(within seconds: Double) -> Int {
    var source = pollfd(fd: emulator, events: Int16(POLLIN), revents: 0)
    guard poll(&source, 1, Int32((seconds * 1000).rounded(.up))) > 0 else { return 0 }
    return max(0, read(emulator, &buffer, buffer.count))
  }

  /// Reads until nothing was sent for some seconds.
  mutating func waitUntilQuiet(for seconds: Double) {
    while bytesSent(within: seconds) > 0 {}
  }

  /// Seconds of processor time that the program has used; `nil` where the system does not tell.
  var processorSeconds: Double? {
    #if canImport(Glibc)
      var clock = clockid_t()
      var time = timespec()
      guard clock_getcpuclockid(process, &clock) == 0, clock_gettime(clock, &time) == 0 else { return nil }
      return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    #else
      return nil
    #endif
  }

  /// True while the program has not ended.
  var isRunning: Bool { waitpid(process, nil, WNOHANG) == 0 }
}
