package import FileAccess
internal import RunLog
package import RunModel

/// A run as it comes: its logs from one thread, what its files of logits come to from another.
package struct RunSource {
  /// Something new, to be applied in the order it is taken.
  package enum News: Sendable {
    case records(ComparedBatch)
    case logitsFile(LogitsFileNews)
    case folder(RunFolderNews)
  }

  /// What the second thread hands over.
  private enum Finding: Sendable {
    case file(LogitsFileNews)
    case folder(RunFolderNews)
  }

  /// What the second thread is told.
  private enum Order {
    case measure([LogitsFileRequest])
    case logHoldsKL
    case logWasRead
    /// The run's logs, as far as they are known.
    case logs([String])
  }

  private let reader: RunReaderThread<ComparedBatch>
  private let worker: WorkerThread<Order, Finding>

  private var wasRead = false
  private var holdsKL = false
  private var logs: [String] = []

  /// - Throws: where the system has no more descriptors or threads.
  package init(_ run: RunLoading) throws(FileProblem) {
    reader = try run.reader()
    let path = run.path
    var files: LogitsFileQueue?
    var folder = FolderWatch(path: path)
    worker = try WorkerThread { orders in
      // Made on the thread, because it asks the file system what the path is.
      var queue = files ?? LogitsFileQueue(path: path, isLive: true, clock: SystemClock.secondsSince1970)
      for order in orders {
        switch order {
        case .measure(let requests): queue.add(requests)
        case .logHoldsKL: queue.noteLogHoldsKL()
        case .logWasRead:
          queue.noteLogWasRead()
          folder.isDue = true
        case .logs(let logs): folder.logs = logs
        }
      }
      let news = queue.next()
      files = queue
      return news.map { .file($0) } ?? folder.look().map { .folder($0) }
    }
  }

  /// Readable while there is something to take.
  package var wakeDescriptors: [Int32] { [reader.wakeDescriptor, worker.wakeDescriptor] }

  /// The next news, or `nil` where there is none yet; never waits.
  ///
  /// A file is measured only after the batch that names it was taken: the run knows of it when the result comes.
  package mutating func take() -> News? {
    if let measured = reader.take() {
      if !holdsKL && measured.logsKL {
        holdsKL = true
        worker.send(.logHoldsKL)
      }
      let known = measured.batch.status.sources.map(\.path)
      if known != logs {
        logs = known
        worker.send(.logs(known))
      }
      if !measured.files.isEmpty { worker.send(.measure(measured.files)) }
      if !wasRead && measured.batch.status.source != .reading {
        wasRead = true
        worker.send(.logWasRead)
      }
      return .records(measured)
    }
    switch worker.take() {
    case .file(let news): return .logitsFile(news)
    case .folder(let news): return .folder(news)
    case nil: return nil
    }
  }

  /// Tells both threads to end, without waiting for them.
  package func askToStop() {
    worker.askToStop()
    reader.askToStop()
  }

  /// Ends both threads; one that hangs for longer than some milliseconds is left behind.
  package func stop(patience: Int32) {
    worker.stop(patience: patience)
    reader.stop(patience: patience)
  }
}

/// Looks now and then at what lies in a run's folder beside its logs.
private struct FolderWatch {
  private let path: String
  private let folder = RunFolder()
  /// The run's logs, as far as they are known.
  var logs: [String] = []
  /// The log was read: what lies beside it counts.
  var isDue = false
  private var turns = 0
  private var last = RunFolderNews()

  /// Turns between two looks, a second each while nothing else is to be done.
  private static let turnsPerLook = 5

  init(path: String) { self.path = path }

  /// What has changed; `nil` where nothing has, or where it is not time.
  mutating func look() -> RunFolderNews? {
    guard isDue else { return nil }
    turns += 1
    guard turns % Self.turnsPerLook == 1 else { return nil }
    let news = folder.news(of: path, logs: logs)
    var changed = news
    // That a log was written to is known from what it says.
    changed.lastWritten = last.lastWritten
    guard changed != last || last.lastWritten == nil else { return nil }
    last = news
    return news
  }
}
