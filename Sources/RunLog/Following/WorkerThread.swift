package import FileAccess
import Synchronization

/// Works on what it is sent on a thread of its own, and hands over what comes of it.
///
/// Whoever takes the outputs waits on `wakeDescriptor`. While `capacity` outputs wait to be taken the thread pauses.
package final class WorkerThread<Input: Sendable, Output: Sendable>: Sendable {
  private let inbox: Inbox<Input>
  private let outputs: Mailbox<Output>
  private let thread: StoppableThread

  /// Starts the thread.
  ///
  /// - Parameters:
  ///   - lookAround: milliseconds between two turns without input.
  ///   - work: one turn, with the inputs since the last one; nil where nothing is to be done before the next input or
  ///     look around. It may keep state.
  /// - Throws: where the system has no more descriptors or threads.
  package init(
    capacity: Int = 4, lookAround: Int32 = 1000, work: sending @escaping ([Input]) -> Output?
  ) throws(FileProblem) {
    let inbox = try Inbox<Input>()
    let outputs = try Mailbox<Output>(capacity: capacity)
    self.inbox = inbox
    self.outputs = outputs
    thread = try StoppableThread {
      while !outputs.isStopped {
        if let output = work(inbox.takeAll()) {
          guard outputs.send(output) else { break }
        } else {
          inbox.wait(milliseconds: lookAround)
        }
      }
    }
  }

  deinit {
    stop()
  }

  /// Readable while there is an output to take.
  package var wakeDescriptor: Int32 { outputs.filled.descriptor }

  /// Gives the thread something to do; never waits.
  package func send(_ input: Input) { inbox.add(input) }

  /// The next output, or `nil` where there is none yet; never waits.
  package func take() -> Output? { outputs.take() }

  /// Waits until there is an output to take, or for some milliseconds; −1 waits for ever.
  package func wait(milliseconds: Int32) {
    _ = WakePipe.wait(for: [wakeDescriptor], milliseconds: milliseconds)
  }

  /// Tells the thread to end after its turn, without waiting for it.
  package func askToStop() {
    outputs.stop()
    inbox.wake()
  }

  /// Ends the thread after its turn; returns within `patience` milliseconds even if that takes longer.
  package func stop(patience: Int32 = 500) {
    askToStop()
    thread.wait(patience: patience)
  }
}

/// Values for a thread, in the order they were sent.
private final class Inbox<Value: Sendable>: Sendable {
  private let values = Mutex<[Value]>([])
  private let filled: WakePipe

  init() throws(FileProblem) {
    filled = try WakePipe()
  }

  func add(_ value: Value) {
    values.withLock { $0.append(value) }
    wake()
  }

  func takeAll() -> [Value] {
    filled.clear()
    return values.withLock { values in
      defer { values = [] }
      return values
    }
  }

  func wake() { filled.signal() }

  func wait(milliseconds: Int32) { _ = WakePipe.wait(for: [filled.descriptor], milliseconds: milliseconds) }
}
