import CTerminalGuard
import CellCanvas

/// Signals that arrived and were not acted upon yet, the most pressing first.
struct PendingSignals {
  /// What the guard notes, by its bits.
  struct Events: OptionSet {
    let rawValue: UInt32
    static let interrupt = Events(TERMINAL_GUARD_INTERRUPT)
    static let terminate = Events(TERMINAL_GUARD_TERMINATE)
    static let hangup = Events(TERMINAL_GUARD_HANGUP)
    static let stop = Events(TERMINAL_GUARD_STOP)
    static let resumed = Events(TERMINAL_GUARD_CONTINUE)
    static let resize = Events(TERMINAL_GUARD_RESIZE)

    init(rawValue: UInt32) { self.rawValue = rawValue }
    private init(_ constant: Int) { rawValue = UInt32(constant) }
  }

  enum Action: Equatable {
    case quit(QuitReason)
    case stop
    case resumed
    case resize
  }

  private var events: Events = []

  private static let order: [(event: Events, action: Action)] = [
    (.terminate, .quit(.terminate)), (.hangup, .quit(.hangup)), (.interrupt, .quit(.interrupt)),
    (.stop, .stop), (.resumed, .resumed), (.resize, .resize),
  ]

  mutating func insert(_ arrived: Events) { events.formUnion(arrived) }

  /// Takes over what the guard noted since the last time.
  mutating func collect() { insert(Events(rawValue: terminal_guard_take_events())) }

  var asksToQuit: Bool { !events.isDisjoint(with: [.terminate, .hangup, .interrupt]) }

  /// Takes the next action out.
  mutating func next() -> Action? {
    guard let first = PendingSignals.order.first(where: { events.contains($0.event) }) else { return nil }
    events.remove(first.event)
    return first.action
  }
}
