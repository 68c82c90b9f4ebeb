import FileAccess
import Synchronization

/// Values from one thread to another, a bounded number at a time.
final class Mailbox<Value: Sendable>: Sendable {
  private struct State {
    var values: [Value] = []
    var isStopped = false
    var senderWaits = false
  }

  private let capacity: Int
  private let state = Mutex(State())
  /// Signalled while there is something to take.
  let filled: WakePipe
  /// Signalled when a waiting sender may go on.
  let vacated: WakePipe

  init(capacity: Int) throws(FileProblem) {
    self.capacity = max(capacity, 1)
    filled = try WakePipe()
    vacated = try WakePipe()
  }

  var isStopped: Bool { state.withLock { $0.isStopped } }

  /// The oldest value, or `nil` where there is none.
  func take() -> Value? {
    state.withLock { state in
      guard !state.values.isEmpty else { return nil }
      let value = state.values.removeFirst()
      if state.values.isEmpty { filled.clear() }
      if state.senderWaits {
        state.senderWaits = false
        vacated.signal()
      }
      return value
    }
  }

  /// Adds a value once there is room; false where the mailbox was stopped instead.
  func send(_ value: Value) -> Bool {
    while true {
      let outcome: Bool? = state.withLock { state in
        if state.isStopped { return false }
        guard state.values.count < capacity else {
          state.senderWaits = true
          return nil
        }
        if state.values.isEmpty { filled.signal() }
        state.values.append(value)
        return true
      }
      if let outcome { return outcome }
      sleepUntilVacated(milliseconds: -1)
    }
  }

  /// Lets the sender wait until it is woken; for ever where the time is negative.
  func sleepUntilVacated(milliseconds: Int32) {
    if WakePipe.wait(for: [vacated.descriptor], milliseconds: milliseconds) && !isStopped { vacated.clear() }
  }

  /// Wakes the sender for the last time.
  func stop() {
    state.withLock { $0.isStopped = true }
    vacated.signal()
  }
}
