import CTerminalGuard
import CellCanvas

/// Signals that arrived and were not acted upon yet, the most pressing first.
struct PendingSignals {
  enum Action: Equatable {
    case quit(QuitReason)
    case stop
    case resumed
    case resize
  }

  private var events: Int = 0

  private static let order: [(event: Int, action: Action)] = [
    (TERMINAL_GUARD_TERMINATE, .quit(.terminate)),
    (TERMINAL_GUARD_HANGUP, .quit(.hangup)),
    (TERMINAL_GUARD_INTERRUPT, .quit(.interrupt)),
    (TERMINAL_GUARD_STOP, .stop),
    (TERMINAL_GUARD_CONTINUE, .resumed),
    (TERMINAL_GUARD_RESIZE, .resize),
  ]

  mutating func insert(_ arrived: Int) { events |= arrived }

  var asksToQuit: Bool {
    events & (TERMINAL_GUARD_TERMINATE | TERMINAL_GUARD_HANGUP | TERMINAL_GUARD_INTERRUPT) != 0
  }

  /// Takes the next action out.
  mutating func next() -> Action? {
    guard let first = PendingSignals.order.first(where: { events & $0.event != 0 }) else { return nil }
    events &= ~first.event
    return first.action
  }
}
