package import FileAccess

/// Follows one run on a thread of its own and hands over what a transform makes of each batch.
///
/// Whoever takes the outputs waits on `wakeDescriptor`; a file system that hangs only ever holds up the thread.
/// Memory is bounded: while `capacity` outputs wait to be taken, the thread reads no further.
package final class RunReaderThread<Output: Sendable>: Sendable {
  private let mailbox: Mailbox<Output>
  private let thread: StoppableThread

  /// Starts reading.
  ///
  /// - Parameters:
  ///   - dialect: what the user says the log is in.
  ///   - readsOnce: nothing is followed: what is there is all.
  ///   - transform: runs on the thread, once for each batch that brings something or changes the status, in order; it
  ///     may keep state.
  /// - Throws: where the system has no more descriptors or threads.
  package init(
    path: String, dialect: Dialect? = nil, fileSystem: any LogFileSystem = DiskFileSystem(),
    readsOnce: Bool = false, limit: ReadLimit = ReadLimit(), capacity: Int = 4,
    transform: sending @escaping (RecordBatch) -> Output
  ) throws(FileProblem) {
    let mailbox = try Mailbox<Output>(capacity: capacity)
    self.mailbox = mailbox
    thread = try StoppableThread {
      let follower = RunFollower(path: path, dialect: dialect, fileSystem: fileSystem, readsOnce: readsOnce)
      ReadingLoop(mailbox: mailbox, limit: limit, transform: transform).run(follower)
    }
  }

  deinit {
    stop()
  }

  /// Readable while there is an output to take.
  package var wakeDescriptor: Int32 { mailbox.filled.descriptor }

  /// The next output, or `nil` where there is none yet; never waits.
  package func take() -> Output? { mailbox.take() }

  /// Waits until there is an output to take, or for some milliseconds; −1 waits for ever.
  package func wait(milliseconds: Int32) {
    _ = WakePipe.wait(for: [wakeDescriptor], milliseconds: milliseconds)
  }

  /// Tells the thread to end, without waiting for it. What was read can still be taken.
  package func askToStop() { mailbox.stop() }

  /// Ends the thread; returns within `patience` milliseconds even if the thread hangs in the file system. What was
  /// read can still be taken.
  package func stop(patience: Int32 = 500) {
    askToStop()
    thread.wait(patience: patience)
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

  func run(_ follower: consuming RunFollower) {
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
