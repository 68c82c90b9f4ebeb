import FileAccess
import RunFeed

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Runs a user's command once for each finding; whether it fails never matters.
struct FindingHook {
  private let command: String
  private let isQuiet: Bool
  private var waiting: [String] = []
  private var running: [pid_t] = []

  /// Commands that run at once.
  private static let mostRunning = 4

  init(command: String, isQuiet: Bool) {
    self.command = command
    self.isQuiet = isQuiet
  }

  /// Runs the command with a text on its standard input, as soon as few others run.
  mutating func add(_ text: String) {
    waiting.append(text)
    proceed()
  }

  /// Takes leave of commands that have ended, and starts those that wait.
  mutating func proceed() {
    running.removeAll { process in
      var status: Int32 = 0
      let ended = waitpid(process, &status, WNOHANG)
      return ended == process || ended < 0 && errno != EINTR
    }
    while running.count < Self.mostRunning, !waiting.isEmpty {
      if let process = start(waiting.removeFirst()) { running.append(process) }
    }
  }

  /// Waits for those that still run or wait, for some seconds at most.
  mutating func finish(patience: Double) {
    let end = SystemClock.secondsSince1970() + patience
    proceed()
    while !running.isEmpty, SystemClock.secondsSince1970() < end {
      poll(nil, 0, 20)
      proceed()
    }
  }

  /// `nil` where the system has no room for it.
  private func start(_ text: String) -> pid_t? {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return nil }
    defer { for end in ends { close(end) } }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
    // What it says is no part of what kltop says.
    if isQuiet {
      for descriptor in [1, 2] as [Int32] {
        posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_WRONLY, 0)
      }
    } else {
      posix_spawn_file_actions_adddup2(&actions, 2, 1)
    }
    var process = pid_t()
    guard SpawnedProgram.spawn(["/bin/sh", "-c", command], actions: &actions, into: &process) == 0 else {
      return nil
    }
    // A command that reads nothing must not end kltop, nor a full pipe hold it up.
    _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
    let bytes = Array((text + "\n").utf8)
    _ = bytes.withUnsafeBytes { write(ends[1], $0.baseAddress, $0.count) }
    return process
  }
}

/// Starting programs with the signals as they are for everybody.
enum SpawnedProgram {
  /// - Parameter words: the program's path or name, and its arguments.
  /// - Returns: 0, or why the system refused it.
  static func spawn(
    _ words: [String], actions: inout posix_spawn_file_actions_t, newSession: Bool = false,
    into process: inout pid_t
  ) -> Int32 {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    var flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
    if newSession { flags |= sessionFlag }
    posix_spawnattr_setflags(&attributes, Int16(truncatingIfNeeded: flags))
    let arguments = words.map { strdup($0) }
    defer { for argument in arguments { free(argument) } }
    return posix_spawnp(&process, words[0], &actions, &attributes, arguments + [nil], environ)
  }

  #if canImport(Glibc)
    private static let sessionFlag: Int32 = 0x80
  #else
    private static let sessionFlag: Int32 = 0x0400
  #endif
}
