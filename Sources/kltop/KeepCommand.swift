import ArgumentParser
import CellCanvas
import FileAccess
import RunFeed
import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The part of `kltop run` that stays when the screen is left: it owns the training's terminal and keeps what comes out.
struct KeepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keep-running", abstract: "Keep a training's terminal and output.", shouldDisplay: false)

  @Option(help: "The run's folder.") var dir: String
  @Option(help: "Columns and rows of the training's terminal.") var size: FrameSize

  @Argument(parsing: .postTerminator, help: "The training.") var command: [String]

  func run() throws {
    // Whoever started it may go, and its terminal with it.
    for number in [SIGHUP, SIGINT, SIGPIPE, SIGTERM] { signal(number, SIG_IGN) }
    let console = open(KeptRun.console(in: dir), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard console >= 0 else { throw ExitStatus.outputFailed }
    defer { close(console) }
    var kept = KeptRun(command: command)
    do throws(Errno) {
      let terminal = try TrainingTerminal(size: size.size)
      kept.process = try terminal.start(command)
      kept.write(in: dir)
      kept.status = terminal.keep(kept.process ?? 0, into: console)
    } catch {
      _ = try? FileDescriptor(rawValue: console).writeAll(
        "kltop: \(command[0]): cannot be started: \(error)\n".utf8)
      kept.status = 127
    }
    kept.ended = SystemClock.secondsSince1970()
    kept.write(in: dir)
    throw ExitCode(kept.status ?? 1)
  }
}

/// A terminal that nobody sits at: what a training prints to it is kept.
private struct TrainingTerminal: ~Copyable {
  private let emulator: Int32
  /// The end that programs print to, held open until one has opened it.
  private let descriptor: Int32
  private let device: String

  init(size: CellSize) throws(Errno) {
    var ends: (emulator: Int32, device: Int32) = (-1, -1)
    let isOpen = openpty(&ends.emulator, &ends.device, nil, nil, nil) == 0
    (emulator, descriptor) = ends
    guard isOpen, let name = ttyname(ends.device) else {
      device = ""
      throw Errno(rawValue: errno)
    }
    device = String(cString: name)
    for end in [emulator, descriptor] { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var window = winsize(
      ws_row: UInt16(clamping: size.rows), ws_col: UInt16(clamping: size.columns), ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(emulator, UInt(TIOCSWINSZ), &window)
    // Lines end as in a file, and nothing is echoed.
    var attributes = termios()
    if tcgetattr(descriptor, &attributes) == 0 {
      attributes.c_oflag &= ~tcflag_t(ONLCR)
      attributes.c_lflag &= ~tcflag_t(ECHO)
      tcsetattr(descriptor, TCSANOW, &attributes)
    }
  }

  deinit {
    close(emulator)
    if descriptor >= 0 { close(descriptor) }
  }

  /// Starts a program in a session of its own, with the terminal as its output and nothing as its input.
  func start(_ command: [String]) throws(Errno) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    // The first terminal that a session opens is the one it is controlled by.
    posix_spawn_file_actions_addopen(&actions, 1, device, O_RDWR, 0)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    var process = pid_t()
    let code = SpawnedProgram.spawn(command, actions: &actions, newSession: true, into: &process)
    guard code == 0 else { throw Errno(rawValue: code) }
    return process
  }

  /// Writes what comes out into a file until the program ends.
  ///
  /// - Returns: its exit status, 128 and the signal's number where one ended it.
  func keep(_ process: pid_t, into console: Int32) -> Int32 {
    var result: Int32?
    while true {
      let hasOutput = Descriptors.wait(for: [emulator], milliseconds: result == nil ? 200 : 50)
      let isCopied = hasOutput && copy(into: console)
      if let result, !isCopied { return result }
      var status: Int32 = 0
      if result == nil, waitpid(process, &status, WNOHANG) == process {
        let signal = status & 0x7F
        result = signal == 0 ? (status >> 8) & 0xFF : 128 + signal
      }
      // A terminal that nobody has open is always ready, with nothing.
      if hasOutput, !isCopied { poll(nil, 0, 50) }
    }
  }

  private func copy(into console: Int32) -> Bool {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = read(emulator, &buffer, buffer.count)
    guard count > 0 else { return false }
    var written = 0
    while written < count {
      let step = buffer.withUnsafeBytes {
        write(console, $0.baseAddress?.advanced(by: written), count - written)
      }
      // A full disk must not stop the training.
      guard step > 0 || errno == EINTR else { break }
      written += max(0, step)
    }
    return true
  }
}
