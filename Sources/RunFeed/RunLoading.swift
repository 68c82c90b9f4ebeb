package import FileAccess
internal import FoundationEssentials
package import RunAnalysis
package import RunLog
package import RunModel

/// Reading a run on a thread of its own.
package struct RunLoading: Sendable {
  package var path: String
  /// What it is called, where its path does not say it.
  package var name: String?
  /// What the user says its log is in.
  package var dialect: Dialect?
  /// What it may spend.
  package var budgets: [Budget]
  /// What its evaluation sets are, where somebody says it.
  package var sets: SetNaming

  package init(
    _ entry: RunCatalogue.Entry, dialect: Dialect?, budgets: [Budget] = [], sets: SetNaming = SetNaming()
  ) {
    path = entry.path
    name = entry.name ?? Self.nameOfWorkingDirectory(for: entry.path)
    self.dialect = dialect
    self.budgets = budgets
    self.sets = sets
  }

  /// What the run in the working directory is called, which its path, such as `.`, does not say.
  private static func nameOfWorkingDirectory(for path: String) -> String? {
    guard RunModel(path: path).displayName == "." else { return nil }
    return FileManager.default.currentDirectoryPath.split(separator: "/").last.map(String.init)
  }

  /// The one run of a path.
  ///
  /// - Throws: where it is a directory of several: what holds for one of them says nothing of the others.
  package static func only(of path: String, dialect: Dialect?) throws(LoadingProblem) -> RunLoading {
    let entries = RunCatalogue().runs(at: path)
    guard entries.count <= 1 else {
      throw .severalRuns(path: path, count: entries.count, example: entries[0].path)
    }
    return RunLoading(entries.first ?? RunCatalogue.Entry(path: path), dialect: dialect)
  }

  /// The run before anything was read.
  package var unread: AnalysedRun {
    AnalysedRun(RunModel(path: path, name: name, sets: sets), budgets: budgets)
  }

  /// The run as it is listed while nothing reads it.
  package var listed: AnalysedRun {
    AnalysedRun(RunModel(path: path, name: name, sets: sets, isOpened: false), budgets: budgets)
  }

  /// A thread that follows the run, decodes and measures what stands in its logs.
  ///
  /// - Parameter isOnce: what is there now is all.
  package func reader(isOnce: Bool = false) throws(FileProblem) -> RunReaderThread<ComparedBatch> {
    var comparer = RunComparer()
    var requests = LogitsFileRequests()
    return try RunReaderThread(path: path, dialect: dialect, readsOnce: isOnce) { batch in
      let files = requests.requests(in: batch)
      var measured = comparer.measure(batch)
      measured.files = files
      return measured
    }
  }

  /// Everything that is there now, files of logits included.
  package func loadAll() throws(LoadingProblem) -> AnalysedRun {
    let reader: RunReaderThread<ComparedBatch>
    do throws(FileProblem) {
      reader = try self.reader(isOnce: true)
    } catch {
      throw .cannotStart(path: path, problem: error)
    }
    defer { reader.stop() }
    var run = unread
    var files = LogitsFileQueue(path: path, isLive: false, clock: SystemClock.secondsSince1970)
    repeat {
      reader.wait(milliseconds: -1)
      while let measured = reader.take() {
        if measured.logsKL { files.noteLogHoldsKL() }
        files.add(measured.files)
        run.apply(measured)
      }
    } while !isLoaded(run.model)
    files.noteLogWasRead()
    try measure(files, into: &run)
    run.note(RunFolder().news(of: path, logs: run.model.status.sources.map(\.path)))
    try check(run.model)
    return run
  }

  /// Measures files on a thread of their own, while what was measured before is taken in.
  private func measure(_ files: LogitsFileQueue, into run: inout AnalysedRun) throws(LoadingProblem) {
    var files = files
    // Mostly there are none, or one.
    guard let first = files.next() else { return }
    run.apply(first, moreComes: true)
    let rest = files
    let worker: WorkerThread<Never, LogitsFileNews?>
    do throws(FileProblem) {
      var files = rest
      worker = try WorkerThread { _ in .some(files.next()) }
    } catch {
      throw .cannotStart(path: path, problem: error)
    }
    defer { worker.stop() }
    while true {
      worker.wait(milliseconds: -1)
      while let taken = worker.take() {
        guard let news = taken else { return run.conclude() }
        run.apply(news, moreComes: true)
      }
    }
  }

  private func check(_ run: RunModel) throws(LoadingProblem) {
    switch run.activity {
    // A folder of rows is a run without a log.
    case .waiting where run.divergences.isEmpty: throw .noLog(path: path, dialect: dialect)
    case .waiting: return
    case .failed(let reason): throw .unreadable(reason)
    case .loading, .upToDate, .removed, .ended, .notOpened: break
    }
    // A file that was not understood is no run.
    if let obstacle = run.status.obstacle { throw .notALog(path: path, looksLike: obstacle) }
  }

  /// True once nothing more can be read right now.
  private func isLoaded(_ run: RunModel) -> Bool {
    switch run.activity {
    case .loading, .notOpened: false
    // A pipe is only complete at its end.
    case .upToDate: path != PathText.standardInput
    case .waiting, .removed, .ended, .failed: true
    }
  }
}

/// Why a run cannot be loaded.
package enum LoadingProblem: Error, Sendable, Hashable, CustomStringConvertible {
  /// The system has no more descriptors or threads.
  case cannotStart(path: String, problem: FileProblem)
  case noLog(path: String, dialect: Dialect?)
  /// One line that says what cannot be read, and why.
  case unreadable(String)
  /// What is there was read and gave no record; one phrase says what it looks like.
  case notALog(path: String, looksLike: String)
  case severalRuns(path: String, count: Int, example: String)

  package var description: String {
    switch self {
    case .cannotStart(let path, let problem): "\(path): cannot start to read: \(problem)"
    case .noLog(let path, let dialect):
      "\(path): no \(dialect.map { "\($0.rawValue) " } ?? "")log there; name a log, or a directory in which a trainer left one"
    case .unreadable(let reason): reason
    case .notALog(let path, let phrase): "\(path): no log that kltop knows: it looks like \(phrase)"
    case .severalRuns(let path, let count, let example):
      "\(path): \(count) runs; name one of them, such as \(example)"
    }
  }
}
