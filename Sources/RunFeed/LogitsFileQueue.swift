internal import FileAccess
internal import LogitsFiles
internal import RunLog
package import RunModel

/// Files of logits of a run that are to be measured: those that records name, or those of the `logits` folder.
///
/// It measures one file at a time, when it is asked for the next; nothing here waits.
package struct LogitsFileQueue: Sendable {
  private let path: String
  private let isLive: Bool
  private let clock: @Sendable () -> Double

  /// The step to measure next last: the newest evaluation says how the run stands.
  private var queue: [Job] = []
  /// Bytes of the files of the queue.
  private var bytesQueued = 0
  /// Jobs whose file is not there yet, or still being written, with the file as it was found.
  private var waiting: [(job: Job, seen: FileStatus?)] = []
  private var folder = LogitsFolder()
  private var rowsFolder = RowsFolder()
  private var rowsTexts: RowsTexts?
  /// Records that name the rows of a step.
  private var rowsRequests: [Int: Int] = [:]
  private var logWasRead = false
  private var evidence = FileEvidence()
  private var logsKL = false
  private var progress = LogitsFilesProgress()

  /// - Parameters:
  ///   - path: of the run's log, or of its directory.
  ///   - isLive: files may still be being written although their headers are complete.
  ///   - clock: seconds, to tell how fast it goes.
  package init(path: String, isLive: Bool, clock: @escaping @Sendable () -> Double) {
    self.path = path
    self.isLive = isLive
    self.clock = clock
  }

  /// Adds files that records name.
  package mutating func add(_ requests: [LogitsFileRequest]) {
    var jobs: [Job] = []
    for request in requests {
      let file = absolute(request.file.path)
      if !request.file.isRows {
        folder.isUsed = false
        jobs.append(
          Job(
            source: .request(request.id), path: file, step: request.step,
            content: .logits(request.file, reference: nil, ProbeKey(phase: request.phase, set: request.set))))
      } else if PathText.parent(of: file) == rowsDirectory {
        // The folder tells of them by itself, of every rank's.
        rowsRequests[request.step] = request.id
        rowsFolder.forget(step: request.step)
      } else {
        jobs.append(
          Job(
            source: .request(request.id), path: file, step: request.step,
            content: .rows(RowsEvaluation(step: request.step, files: [[file]]))))
      }
    }
    enqueue(jobs)
  }

  /// The run's directory: it may appear, and show what the path is, while the run is watched.
  private var directory: String {
    (try? DiskFileSystem().status(of: path).kind) == .directory ? path : PathText.parent(of: path)
  }

  private var rowsDirectory: String { PathText.joined(directory, Self.rowsFolder) }

  private static let rowsFolder = "rows"
  private static let logitsFolder = "logits"

  /// Puts jobs in their order: of a run that is watched the newest step first, else the oldest.
  ///
  /// How far a reference moved is told from the first step on, so that with a KL to audit logits come in their order.
  private mutating func enqueue(_ jobs: [Job]) {
    guard !jobs.isEmpty else { return }
    let jobs = jobs.map(\.weighed)
    bytesQueued += jobs.reduce(0) { $0 + $1.bytes }
    queue = (queue.reversed() + jobs).enumerated().sorted { left, right in
      let (a, b) = (rank(left.element), rank(right.element))
      return a == b ? left.offset < right.offset : a < b
    }.map(\.element).reversed()
  }

  /// Jobs of a lesser rank come first.
  private func rank(_ job: Job) -> Int {
    switch job.content {
    case .rows: isLive ? -job.step : job.step
    case .logits: isLive && !logsKL ? -job.step : job.step
    case .leftOut, .replaced: .min
    }
  }

  /// From now on files are also measured for the audit of the KL that the log holds.
  package mutating func noteLogHoldsKL() { logsKL = true }

  /// From now on the folder is looked at, unless the log names files.
  package mutating func noteLogWasRead() { logWasRead = true }

  /// Measures the next file; nil where there is none that could be measured now.
  package mutating func next() -> LogitsFileNews? {
    if queue.isEmpty { lookAround() }
    while let job = queue.popLast() {
      bytesQueued -= job.bytes
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
    var jobs = changed.map(\.job)
    defer { enqueue(jobs) }
    guard logWasRead else { return }
    jobs += folder.news(in: PathText.joined(directory, Self.logitsFolder), isLive: isLive).map { Job($0) }
    let rows = rowsDirectory
    jobs += rowsFolder.news(in: rows).map { Job($0, in: rows, requests: rowsRequests) }
  }

  /// What became of a job; nil where it still waits as it did before.
  private mutating func outcome(of job: Job) -> LogitsFileNews.Outcome? {
    if case .leftOut(let reason) = job.content {
      progress.done += 1
      return .unusable(LogitsFileProblem(job.path, reason).description)
    }
    if case .replaced(let reason) = job.content {
      progress.done += 1
      return .replaced(LogitsFileProblem(job.path, reason).description)
    }
    let status = Self.status(of: job.path)
    let start = clock()
    do throws(LogitsFileProblem) {
      let measured = try measured(job)
      progress.seconds += clock() - start
      progress.bytesDone += job.bytes
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

  private mutating func measured(_ job: Job) throws(LogitsFileProblem) -> ComparedLogitsFile {
    switch job.content {
    case .leftOut(let reason), .replaced(let reason): throw LogitsFileProblem(job.path, reason)
    case .rows(let evaluation):
      let folder = PathText.parent(of: evaluation.files.first?.first ?? job.path)
      var texts = rowsTexts.flatMap { $0.directory == folder ? $0 : nil } ?? RowsTexts(directory: folder)
      defer { rowsTexts = texts }
      return try evaluation.measured(texts: &texts)
    case .logits(let file, let reference, let probe):
      let measurement = try LogitsFileComparison(path: job.path, reference: reference, file: file)
      var measured = try measurement.measured(origin: job.source.origin)
      if logsKL { try evidence.add(to: &measured, of: measurement, probe: probe) }
      return measured
    }
  }

  private mutating func news(of job: Job, _ outcome: LogitsFileNews.Outcome) -> LogitsFileNews {
    progress.queued = queue.count
    progress.waiting = waiting.count
    progress.bytesQueued = bytesQueued
    return LogitsFileNews(source: job.source, path: job.path, outcome: outcome, progress: progress)
  }

  private static func status(of path: String) -> FileStatus? { try? DiskFileSystem().status(of: path) }
}

/// One file to measure, or the files of one evaluation.
private struct Job: Sendable {
  enum Content: Sendable {
    /// The file of the reference's logits where it is one of its own.
    case logits(LogitsFileName, reference: String?, ProbeKey)
    case rows(RowsEvaluation)
    /// Why it is left out unread.
    case leftOut(String)
    /// Why another file is read in its place.
    case replaced(String)
  }

  let source: LogitsFileNews.Source
  let path: String
  let step: Int
  let content: Content
  /// Bytes of its files when it was put into the queue.
  private(set) var bytes = 0
  /// It was told that the file is not finished.
  var isKnownToWait = false

  init(source: LogitsFileNews.Source, path: String, step: Int, content: Content) {
    self.source = source
    self.path = path
    self.step = step
    self.content = content
  }

  init(_ entry: LogitsFolder.Entry) {
    // Nobody says how the models were switched; rows written apart are an evaluation.
    let probe = ProbeKey(phase: .eval, set: nil)
    self.init(
      source: .folder(step: entry.step), path: entry.path, step: entry.step,
      content: entry.leftOut.map { entry.isReplaced ? .replaced($0) : .leftOut($0) }
        ?? .logits(LogitsFileName(path: entry.path), reference: entry.reference, probe))
  }

  /// - Parameters:
  ///   - directory: the folder: what is told of an evaluation takes the place of what was told before.
  ///   - requests: records that name the rows of a step.
  init(_ news: RowsFolder.News, in directory: String, requests: [Int: Int]) {
    switch news {
    case .evaluation(let evaluation):
      self.init(
        source: .rows(step: evaluation.step, request: requests[evaluation.step]),
        path: PathText.joined(directory, "step \(evaluation.step)"),
        step: evaluation.step, content: .rows(evaluation))
    case .leftOut(let problem, let step):
      self.init(
        source: .rows(step: step, request: nil), path: problem.path, step: step,
        content: .leftOut(problem.reason))
    }
  }

  /// Itself with the bytes that its files have now.
  var weighed: Job {
    let paths = if case .rows(let evaluation) = content { evaluation.files.flatMap(\.self) } else { [path] }
    var job = self
    job.bytes = paths.reduce(0) { $0 + ((try? DiskFileSystem().status(of: $1).size) ?? 0) }
    return job
  }
}

extension LogitsFileNews.Source {
  fileprivate var origin: SampleOrigin {
    switch self {
    case .request: .namedFile
    case .folder: .folder
    case .rows: .rows
    }
  }
}
