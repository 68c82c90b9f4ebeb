import ArgumentParser
import CellCanvas
import Dashboard
import FileAccess
import NcursesTerminal
import RunFeed
import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Start a training, keep its output, and watch it; it outlives the screen.",
    discussion: """
      The training has a terminal of its own, so that its progress bars look as always; what it prints is kept in \
      console.log of its directory. Leaving the screen leaves it running. Where standard output is no terminal, kltop \
      passes the output on, waits, and ends with the training's exit status.
      """)

  @Option(
    help: ArgumentHelp(
      "Directory that the training logs into; it is made where it is not there.", valueName: "path"),
    completion: .directory)
  var dir = "."

  @Flag(
    help:
      "Hand interrupt, terminate, hang-up and user signals that kltop gets on to the training."
  )
  var passSignals = false

  @OptionGroup var reading: ReadingOptions
  @OptionGroup var screen: ScreenOptions
  @OptionGroup var limits: BudgetOptions
  @OptionGroup var alerts: AlertOptions

  @Argument(parsing: .postTerminator, help: "Behind --: the program that trains, and its arguments.")
  var command: [String]

  func validate() throws {
    if command.isEmpty {
      throw ValidationError("name what to run behind --, as in kltop run --dir runs/a -- python train.py")
    }
    if screen.once {
      throw ValidationError("--once shows what is there; kltop run starts something: leave one of them out")
    }
  }

  func run() throws {
    guard let program = ProgramPath.find(command[0]) else {
      StandardError.say("\(command[0]): no such program in PATH, or it may not be run")
      throw ExitStatus.noInput
    }
    let hasScreen = TerminalDevice.isTerminal(1)
    let keeper: Keeper
    do throws(Errno) {
      try Directories.make(dir)
      let size = TerminalDevice.size(1) ?? CellSize(columns: 120, rows: 36)
      keeper = try Keeper(dir: dir, size: size, command: [program] + command.dropFirst())
    } catch {
      StandardError.say("\(dir): cannot start the training there: \(error)")
      throw ExitStatus.outputFailed
    }
    guard hasScreen else { throw ExitCode(keeper.wait(passesSignals: passSignals)) }
    // The others end the screen, which says which one it was. Threads that are begun later do not get these either.
    let signals = PassedSignals(passSignals ? [SIGUSR1, SIGUSR2] : [])
    let session = try DashboardSession(
      paths: [dir], reading: reading, screen: screen, budgets: limits.budget, alerts: alerts)
    var isHandedOn = false
    try session.run({ DashboardState(run: $0) }) { reason in
      signals.pass(to: keeper.training)
      guard passSignals, let reason else { return }
      keeper.send(reason.signal)
      isHandedOn = true
    }
    if isHandedOn { keeper.waitForEnd(seconds: 2) }
    try StandardOutput.say(Printable.lines(keeper.farewell))
  }
}

/// The process that keeps a training: its terminal and its output.
struct Keeper {
  private let process: pid_t
  private let dir: String
  private let start: Int

  /// - Throws: why it cannot be started.
  init(dir: String, size: CellSize, command: [String]) throws(Errno) {
    self.dir = dir
    start = KeptRun.consoleSize(in: dir)
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    // It must not hold the terminal that kltop gives back.
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    KeptRun.forget(in: dir)
    var process = pid_t()
    let code = SpawnedProgram.spawn(
      [ProgramPath.own, "keep-running", "--dir", dir, "--size", "\(size.columns)x\(size.rows)", "--"]
        + command,
      actions: &actions, newSession: true, into: &process)
    guard code == 0 else { throw Errno(rawValue: code) }
    self.process = process
  }

  /// Passes the output on until the training ends.
  ///
  /// - Returns: its exit status, 128 and the signal's number where one ended it.
  func wait(passesSignals: Bool) -> Int32 {
    let signals = PassedSignals(passesSignals ? [SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2] : [])
    var copied = start
    while true {
      var status: Int32 = 0
      let ended = waitpid(process, &status, WNOHANG)
      copied = KeptRun.copyConsole(in: dir, from: copied)
      if ended == process { return (status >> 8) & 0xFF }
      if ended < 0, errno != EINTR { return 1 }
      signals.pass(to: training)
      poll(nil, 0, 100)
    }
  }

  /// The training's process; `nil` before it is known, and once it has ended.
  var training: pid_t? {
    guard let kept = KeptRun.read(in: dir), kept.status == nil else { return nil }
    return kept.process
  }

  func send(_ signal: Int32) {
    if let training { kill(training, signal) }
  }

  /// Waits until the training has ended, for some seconds at most.
  func waitForEnd(seconds: Int) {
    for _ in 0..<seconds * 10 where training != nil { poll(nil, 0, 100) }
  }

  /// What is said when the screen is left.
  var farewell: String {
    let kept = KeptRun.read(in: dir)
    if let status = kept?.status {
      return "the training has ended with status \(status); its output is in \(KeptRun.console(in: dir))"
    }
    let stop = kept?.process.map { "; kill \($0) stops it" } ?? ""
    return
      "the training goes on: kltop \(dir) shows it again\(stop); its output is in \(KeptRun.console(in: dir))"
  }
}

/// Signals that are held back here and handed on.
private struct PassedSignals {
  private let all: [Int32]
  private var set = sigset_t()

  init(_ signals: [Int32]) {
    all = signals
    sigemptyset(&set)
    for signal in all { sigaddset(&set, signal) }
    if !all.isEmpty { pthread_sigmask(SIG_BLOCK, &set, nil) }
  }

  /// - Parameter training: asked for only where a signal is to be handed on, which waits until there is one.
  func pass(to training: @autoclosure () -> pid_t?) {
    var pending = sigset_t()
    guard !all.isEmpty, sigpending(&pending) == 0, all.contains(where: { sigismember(&pending, $0) == 1 }),
      let process = training()
    else { return }
    for signal in all where sigismember(&pending, signal) == 1 {
      var one = sigset_t()
      sigemptyset(&one)
      sigaddset(&one, signal)
      var taken: Int32 = 0
      if sigwait(&one, &taken) == 0 { kill(process, taken) }
    }
  }
}

extension QuitReason {
  /// The signal that asked for it.
  fileprivate var signal: Int32 {
    switch self {
    case .terminate: SIGTERM
    case .hangup: SIGHUP
    case .interrupt: SIGINT
    }
  }
}
