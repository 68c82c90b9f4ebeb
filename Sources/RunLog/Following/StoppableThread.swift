import FileAccess
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The owner of a thread that ends when it is told to, by means that its body knows.
final class StoppableThread: Sendable {
  private let finished: WakePipe
  private let thread: Mutex<pthread_t?>

  /// Starts the thread.
  ///
  /// - Throws: where the system has no more descriptors or threads.
  init(_ body: sending @escaping () -> Void) throws(FileProblem) {
    let finished = try WakePipe()
    self.finished = finished
    let signalling = ThreadBody {
      body()
      finished.signal()
    }
    thread = Mutex(try signalling.start())
  }

  /// Waits for the end of a thread that was told to end.
  ///
  /// - Parameter patience: milliseconds; a thread that hangs in the file system for longer is left behind.
  func wait(patience: Int32) {
    guard let running = thread.withLock({ $0.take() }) else { return }
    if WakePipe.wait(for: [finished.descriptor], milliseconds: patience) {
      pthread_join(running, nil)
    } else {
      pthread_detach(running)
    }
  }
}
