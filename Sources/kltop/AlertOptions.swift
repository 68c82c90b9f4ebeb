import ArgumentParser
import CellCanvas
import NcursesTerminal
import Reports
import RunAnalysis
import RunModel

/// How somebody is called when something is found.
enum AlertKind: String, CaseIterable, ExpressibleByArgument {
  case bell, notify, none

  /// What a terminal is sent for a finding; empty where nobody is called.
  func bytes(_ finding: Finding, run: String) -> [UInt8] {
    switch self {
    case .none: []
    case .bell: AttentionSequence.bell
    case .notify:
      AttentionSequence.notification(
        Printable.line("\(run): \(finding.message)"), environment: ProcessEnvironment.current)
    }
  }
}

/// What is done once for each finding.
struct AlertOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Run a command by /bin/sh for each finding, once, with the finding as JSON on its standard input.",
      valueName: "command"))
  var onFinding: String?

  @Option(
    help: ArgumentHelp(
      "Call somebody once for each error and warning: by the terminal's bell, or by a notification of the desktop (OSC 9 or 777).",
      valueName: "bell|notify|none"))
  var alert = AlertKind.none

  @Option(
    help: ArgumentHelp(
      "Silence from which on a run counts as stalled, such as 90s, 10m or 2h; by default 5 times its median gap and twice its longest, at least 60 s.",
      valueName: "duration"))
  var stall: Duration?

  /// A length of time as a user writes it.
  struct Duration: ExpressibleByArgument {
    var seconds: Double

    private static let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86400]

    init?(argument: String) {
      let unit = argument.last.flatMap { Self.units[$0] }
      guard let number = Double(unit == nil ? argument : String(argument.dropLast())), number > 0,
        number.isFinite
      else { return nil }
      seconds = number * (unit ?? 1)
    }
  }
}

/// Tells each finding of each run once.
struct FindingHerald {
  private let options: AlertOptions
  private var news: [String: FindingNews] = [:]
  private var hook: FindingHook?

  /// - Parameter isQuiet: what the command writes is thrown away, because a screen is shown.
  init(_ options: AlertOptions, isQuiet: Bool) {
    self.options = options
    hook = options.onFinding.map { FindingHook(command: $0, isQuiet: isQuiet) }
  }

  /// True where nobody wants to hear of anything.
  var isSilent: Bool { options.onFinding == nil && options.alert == .none }

  /// Tells what is new of a run.
  ///
  /// - Returns: what a terminal is to be sent.
  mutating func tell(_ findings: [Finding], of run: RunModel) -> [UInt8] {
    var bytes: [UInt8] = []
    for finding in news[run.path, default: FindingNews()].take(findings, restarts: run.restarts.count) {
      hook?.add(FindingMessage.json(finding, run: run.path))
      if finding.severity != .note, bytes.isEmpty {
        bytes = options.alert.bytes(finding, run: run.displayName)
      }
    }
    hook?.proceed()
    return bytes
  }

  /// Waits for commands that still run, for some seconds at most.
  mutating func finish(patience: Double) { hook?.finish(patience: patience) }
}
