internal import FileAccess
internal import LogitsFiles
internal import RunLog
package import RunModel

/// Files of logits of a run that are to be measured: those that records name, or those of the `logits` folder.
///
/// It measures one file at a time, when it is asked for the next; nothing here waits.
package struct LogitsFileQueue: Sendable {
  private let directory: String
  private let isLive: Bool
  private let clock: @Sendable () -> Double

  private var queue: [Job] = []
  /// Jobs whose file is not there yet, or still being written, with the file as it was found.
  private var waiting: [(job: Job, seen: FileStatus?)] = []
  private var folder = LogitsFolder()
  private var logWasRead = false
  private var evidence = FileEvidence()
  private var logsKL = false
  private var progress = LogitsFilesProgress()

  /// - Parameters:
  ///   - path: of the run's log, or of its directory.
  ///   - isLive: files may still be being written although their headers are complete.
  ///   - clock: seconds, to tell how fast it goes.
  package init(path: String, isLive: Bool, clock: @escaping @Sendable () -> Double) {
    let isDirectory = (try? DiskFileSystem().status(of: path).kind) == .directory
    directory = isDirectory ? path : PathText.parent(of: path)
    self.isLive = isLive
    self.clock = clock
  }

  /// Adds files that records name.
  package mutating func add(_ requests: [LogitsFileRequest]) {
    if !requests.isEmpty { folder.isUsed = false }
    queue += requests.map {
      Job(
        source: .request($0.id), path: absolute($0.file.path), file: $0.file,
        probe: ProbeKey(phase: $0.phase, set: $0.set))
    }
  }

  /// From now on files are also measured for the audit of the KL that the log holds.
  package mutating func noteLogHoldsKL() { logsKL = true }

  /// From now on the folder is looked at, unless the log names files.
  package mutating func noteLogWasRead() { logWasRead = true }

  /// Measures the next file; nil where there is none that could be measured now.
  package mutating func next() -> LogitsFileNews? {
    if queue.isEmpty { lookAround() }
    while !queue.isEmpty {
      let job = queue.removeFirst()
      if let outcome = outcome(of: job) { return news(of: job, outcome) }
    }
    return nil
  }

  private func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : PathText.joined(directory, path)
  }

  /// Takes up files that changed since they were found unfinished, and new ones of the folder.
  private mutating func lookAround() {
    let changed = waiting.filter { Self.status(of: $0.job.path) != $0.seen }
    waiting.removeAll { entry in changed.contains { $0.job.source == entry.job.source } }
    queue += changed.map(\.job)
    guard logWasRead else { return }
    queue += folder.news(in: PathText.joined(directory, "logits"), isLive: isLive).map { entry in
      Job(
        source: .folder(step: entry.step), path: entry.path, reference: entry.reference,
        leftOut: entry.leftOut, file: LogitsFileName(path: entry.path),
        // Nobody says how the models were switched; rows written apart are an evaluation.
        probe: ProbeKey(phase: .eval, set: nil))
    }
  }

  /// What became of a job; nil where it still waits as it did before.
  private mutating func outcome(of job: Job) -> LogitsFileNews.Outcome? {
    if let reason = job.leftOut {
      progress.done += 1
      return .unusable(LogitsFileProblem(job.path, reason).description)
    }
    let status = Self.status(of: job.path)
    let start = clock()
    do throws(LogitsFileProblem) {
      let measurement = try LogitsFileMeasurement(
        path: job.path, reference: job.reference, file: job.file)
      var measured = try measurement.measured(origin: job.source.origin)
      if logsKL { try evidence.add(to: &measured, of: measurement, probe: job.probe) }
      progress.seconds += clock() - start
      progress.bytesDone += status?.size ?? 0
      progress.done += 1
      return .measured(measured)
    } catch {
      guard error.kind != .unusable else {
        progress.done += 1
        return .unusable(error.description)
      }
      var job = job
      let wasToldBefore = job.isKnownToWait
      job.isKnownToWait = true
      waiting.append((job, status))
      return wasToldBefore ? nil : .waiting(error.description)
    }
  }

  private mutating func news(of job: Job, _ outcome: LogitsFileNews.Outcome) -> LogitsFileNews {
    progress.queued = queue.count
    progress.waiting = waiting.count
    progress.bytesQueued = queue.reduce(0) { $0 + (Self.status(of: $1.path)?.size ?? 0) }
    return LogitsFileNews(source: job.source, path: job.path, outcome: outcome, progress: progress)
  }

  private static func status(of path: String) -> FileStatus? { try? DiskFileSystem().status(of: path) }
}

/// One file to measure.
private struct Job: Sendable {
  let source: LogitsFileNews.Source
  let path: String
  /// The file of the reference's logits where it is one of its own.
  var reference: String?
  /// Why it is left out unread; nil where it is to be measured.
  var leftOut: String?
  let file: LogitsFileName
  let probe: ProbeKey
  /// It was told that the file is not finished.
  var isKnownToWait = false
}

extension LogitsFileNews.Source {
  fileprivate var origin: SampleOrigin {
    switch self {
    case .request: .namedFile
    case .folder: .folder
    }
  }
}
