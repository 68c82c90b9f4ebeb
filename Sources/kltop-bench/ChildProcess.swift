#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Programs that are run once.
enum ChildProcess {
  struct Usage {
    var seconds: Double
    /// Largest part of it in memory.
    var residentMegabytes: Double
  }

  /// A program in the same folder as this one; `nil` where there is none.
  static func sibling(named name: String) -> String? {
    let parts = CommandLine.arguments[0].split(separator: "/", omittingEmptySubsequences: false)
    let path = (parts.dropLast() + [Substring(name)]).joined(separator: "/")
    return access(path, X_OK) == 0 ? path : nil
  }

  /// Runs a program to its end, without input and without output.
  ///
  /// Throws where it cannot be started or does not end with status 0.
  static func run(_ path: String, _ arguments: [String]) throws(BenchmarkFailure) -> Usage {
    let start = ContinuousClock.now
    let process = try spawn(path, arguments)
    var status: Int32 = 0
    var usage = rusage()
    guard wait4(process, &status, 0, &usage) == process, status == 0 else {
      throw BenchmarkFailure(message: "\(path) did not end well")
    }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    #if canImport(Darwin)
      let unit = 1.0
    #else
      let unit = 1024.0
    #endif
    return Usage(seconds: seconds, residentMegabytes: Double(usage.ru_maxrss) * unit / 1e6)
  }

  /// Starts a program.
  ///
  /// - Parameter terminal: what it reads from and writes to; `nil` for neither.
  static func spawn(
    _ path: String, _ arguments: [String], on terminal: Int32? = nil
  ) throws(BenchmarkFailure) -> pid_t {
    #if canImport(Darwin)
      var actions: posix_spawn_file_actions_t?
    #else
      var actions = posix_spawn_file_actions_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for descriptor: Int32 in 0...2 {
      if let terminal {
        posix_spawn_file_actions_adddup2(&actions, terminal, descriptor)
      } else {
        posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
      }
    }
    var copies: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
    defer { for copy in copies { free(copy) } }
    var process = pid_t()
    guard posix_spawn(&process, path, &actions, nil, &copies, environ) == 0 else {
      throw BenchmarkFailure(message: "\(path) cannot be started")
    }
    return process
  }
}
