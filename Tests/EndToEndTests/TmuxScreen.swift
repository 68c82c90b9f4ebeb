import Foundation

/// The real program in a real terminal: a tmux server of its own, told what to type and asked what it shows.
///
/// Nothing sleeps and hopes: a test waits until the screen says what it should, and fails with the screen otherwise.
final class TmuxScreen {
  private let socket: String
  private let session = "kltop"

  /// How long a screen may take, in seconds: machines that run tests are slow and shared.
  private static let patience = 20.0

  /// Runs a shell command in a terminal of the given size.
  init(_ command: String, columns: Int, rows: Int, environment: [String: String] = [:]) throws {
    socket = "kltop-test-\(ProcessInfo.processInfo.processIdentifier)-\(UUID().uuidString.prefix(8))"
    let settings = ["LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"].merging(environment) { _, own in own }
    let prefix = settings.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    try tmux(
      "-f", "/dev/null", "new-session", "-d", "-s", session, "-x", "\(columns)", "-y", "\(rows)",
      "env \(prefix) sh -c \(Self.quoted(command + "; echo exit status $?; exec cat"))")
  }

  deinit { _ = try? tmux("kill-server") }

  /// Presses keys, in tmux's spelling (`q`, `Enter`, `C-z`).
  func press(_ keys: String...) throws { for key in keys { try tmux("send-keys", "-t", session, key) } }

  func resize(columns: Int, rows: Int) throws {
    try tmux("resize-window", "-t", session, "-x", "\(columns)", "-y", "\(rows)")
  }

  /// What is on the screen, line by line.
  func text() throws -> String { try tmux("capture-pane", "-p", "-t", session) }

  /// Waits until the screen satisfies `condition` and returns it.
  @discardableResult
  func wait(until condition: (String) -> Bool) throws -> String { try wait(for: condition, in: text) }

  private func wait(for condition: (String) -> Bool, in source: () throws -> String) throws -> String {
    let end = Date().addingTimeInterval(Self.patience)
    var screen = ""
    while Date() < end {
      screen = try source()
      if condition(screen) { return screen }
      usleep(20_000)
    }
    throw Unexpected(screen: screen)
  }

  /// What was copied, once it satisfies `condition`.
  func clipboard(until condition: (String) -> Bool) throws -> String {
    try wait(for: condition, in: { try tmux("show-buffer") })
  }

  @discardableResult
  func wait(for text: String) throws -> String { try wait { $0.contains(text) } }

  /// Process identifiers of the programs of this name in the terminal.
  func processes(named name: String) throws -> [pid_t] {
    let pane = try tmux("display-message", "-p", "-t", session, "#{pane_pid}").trimmingCharacters(
      in: .whitespacesAndNewlines)
    let found = try Shell.run("pgrep", ["-x", name, "-P", pane]).output
    return found.split(separator: "\n").compactMap { pid_t($0) }
  }

  struct Unexpected: Error, CustomStringConvertible {
    var screen: String
    var description: String { "the screen never showed what was waited for:\n\(screen)" }
  }

  @discardableResult
  private func tmux(_ arguments: String...) throws -> String {
    try Shell.run("tmux", ["-L", socket] + arguments).output
  }

  private static func quoted(_ text: String) -> String {
    "'" + text.replacingOccurrences(of: "'", with: "'\\''") + "'"
  }
}
