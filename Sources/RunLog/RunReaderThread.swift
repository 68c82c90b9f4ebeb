import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Follows one run on a thread of its own and hands over what a transform makes of each batch.
///
/// Whoever takes the outputs waits on `wakeDescriptor`; a file system that hangs only ever holds up the thread.
/// Memory is bounded: while `capacity` outputs wait to be taken, the thread reads no further.
package final class RunReaderThread<Output: Sendable>: Sendable {
  private let mailbox: Mailbox<Output>
  private let finished: WakePipe
  private let thread: Mutex<pthread_t?>

  /// Milliseconds that `stop` gives the thread: one that hangs in a system call is left behind.
  private static var patience: Int32 { 500 }

  /// Starts reading.
  ///
  /// `transform` runs on the thread, once for each batch that brings something or changes the status, in order; it may
  /// keep state. Throws where the system has no more descriptors or threads.
  package init(
    path: String, fileSystem: any LogFileSystem = DiskFileSystem(), limit: ReadLimit = ReadLimit(),
    capacity: Int = 4, transform: sending @escaping (RecordBatch) -> Output
  ) throws(FileProblem) {
    let mailbox = try Mailbox<Output>(capacity: capacity)
    let finished = try WakePipe()
    let body = ThreadBody {
      ReadingLoop(mailbox: mailbox, limit: limit, transform: transform).run(path, fileSystem)
      finished.signal()
    }
    self.mailbox = mailbox
    self.finished = finished
    thread = Mutex(try body.start())
  }

  deinit {
    stop()
  }

  /// Readable while there is an output to take.
  package var wakeDescriptor: Int32 { mailbox.filled.descriptor }

  /// The next output, or `nil` where there is none yet; never waits.
  package func take() -> Output? { mailbox.take() }

  /// Ends the thread; returns soon even if the thread hangs in the file system. What was read can still be taken.
  package func stop() {
    mailbox.stop()
    guard let running = thread.withLock({ $0.take() }) else { return }
    if WakePipe.wait(for: [finished.descriptor], milliseconds: Self.patience) {
      pthread_join(running, nil)
    } else {
      pthread_detach(running)
    }
  }
}

/// What the thread does.
private struct ReadingLoop<Output: Sendable> {
  let mailbox: Mailbox<Output>
  let limit: ReadLimit
  let transform: (RecordBatch) -> Output

  /// Milliseconds between looks at a file that nothing was heard of: network file systems do not notify.
  private static var slowPoll: Int32 { 1000 }
  /// Milliseconds between reads of a busy file: a writer of thousands of lines a second must not wake us for each.
  private static var pace: Int32 { 2 }

  func run(_ path: String, _ fileSystem: any LogFileSystem) {
    var follower = RunFollower(path: path, fileSystem: fileSystem)
    var watcher = FileWatcher()
    var delivered: ReadStatus?
    while !mailbox.isStopped {
      watcher.clear()
      let batch = follower.nextBatch(limit: limit)
      let status = batch.status
      if !batch.isEmpty || status != delivered {
        delivered = status
        guard mailbox.send(transform(batch)) else { return }
      }
      if status.source == .ended { return }
      // What is watched only now may have changed just before: it is read once more.
      if status.source == .reading || follower.hasMore || watcher.watch(follower.watchTargets) { continue }
      wait(watcher.descriptor, follower.pipeDescriptor)
    }
  }

  private func wait(_ changes: Int32?, _ pipe: Int32?) {
    mailbox.sleepUntilVacated(milliseconds: Self.pace)
    if mailbox.isStopped { return }
    let others = [changes, pipe].compactMap { $0 }
    _ = WakePipe.wait(for: [mailbox.vacated.descriptor] + others, milliseconds: Self.slowPoll)
  }
}
