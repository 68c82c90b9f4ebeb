#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Why a terminal cannot show a dashboard.
package enum TerminalError: Error, Hashable, CustomStringConvertible {
  /// The output is a file or a pipe.
  case outputIsNotATerminal
  /// Standard input is not a terminal and `/dev/tty` cannot be opened.
  case noKeyboard
  /// `TERM` is not set.
  case unnamedTerminal
  /// The terminal cannot place its cursor.
  case unsuitableTerminal(name: String)
  /// The process has a terminal open.
  case alreadyOpen
  /// A system call failed.
  case system(errno: Int32)

  package var description: String {
    switch self {
    case .outputIsNotATerminal:
      "standard output is not a terminal: use --once to print one frame"
    case .noKeyboard:
      "there is no terminal to read keys from: use --once to print one frame"
    case .unnamedTerminal:
      "TERM is not set: set it to the kind of terminal, for example TERM=xterm-256color"
    case .unsuitableTerminal(let name):
      "the terminal '\(name)' cannot place its cursor: use --once to print one frame"
    case .alreadyOpen:
      "the terminal is in use already"
    case .system(let code):
      "the terminal cannot be prepared: \(String(cString: strerror(code)))"
    }
  }
}
