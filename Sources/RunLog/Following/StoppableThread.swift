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

/// A closure on its way to its thread.
///
/// Sendable because it is handed over once: who starts the thread does not touch it again.
private final class ThreadBody: @unchecked Sendable {
  private let body: () -> Void

  init(_ body: sending @escaping () -> Void) {
    self.body = body
  }

  /// Runs the closure on a new thread that signals pass by, except those of its own faults.
  func start() throws(FileProblem) -> pthread_t {
    var blocked = sigset_t()
    var before = sigset_t()
    sigfillset(&blocked)
    for fault in [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP] { sigdelset(&blocked, fault) }
    pthread_sigmask(SIG_BLOCK, &blocked, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    let handle = Unmanaged.passRetained(self)
    #if canImport(Glibc)
      var thread = pthread_t()
      let code = pthread_create(&thread, nil, { runThread($0) }, handle.toOpaque())
      if code == 0 { return thread }
    #else
      var thread: pthread_t?
      let code = pthread_create(&thread, nil, { runThread($0) }, handle.toOpaque())
      if code == 0, let thread { return thread }
    #endif
    handle.release()
    throw .unreadable("no thread: " + String(cString: strerror(code)))
  }

  fileprivate func run() { body() }
}

private func runThread(_ handle: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  if let handle { Unmanaged<ThreadBody>.fromOpaque(handle).takeRetainedValue().run() }
  return nil
}
