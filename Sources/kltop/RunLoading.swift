import ArgumentParser
import FileAccess
import RunLog
import RunModel

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Reading a run on a thread of its own.
struct RunLoading {
  var path: String
  /// What it is called, where its path does not say it.
  var name: String?
  /// What the user says its log is in.
  var dialect: Dialect?
  /// What it may spend.
  var budgets: [Budget]

  init(_ entry: RunCatalogue.Entry, dialect: Dialect?, budgets: [Budget] = []) {
    path = entry.path
    name = entry.name
    self.dialect = dialect
    self.budgets = budgets
  }

  /// The one run of a path: the newest, where it is a directory of several.
  static func one(of path: String, dialect: Dialect?) -> RunLoading {
    RunLoading(RunCatalogue().runs(at: path).first ?? RunCatalogue.Entry(path: path), dialect: dialect)
  }

  /// The one run of a path.
  ///
  /// - Throws: an exit status where it is a directory of several: what holds for one of them says nothing of the others.
  static func only(of path: String, dialect: Dialect?) throws -> RunLoading {
    let entries = RunCatalogue().runs(at: path)
    if entries.count > 1 {
      StandardError.say("\(path): \(entries.count) runs; name one of them, such as \(entries[0].path)")
      throw ExitStatus.unusableData
    }
    return one(of: path, dialect: dialect)
  }

  /// The run before anything was read.
  var unread: RunModel { RunModel(path: path, name: name).watching(budgets) }

  /// The run as it is listed while nothing reads it.
  var listed: RunModel { RunModel(path: path, name: name, isOpened: false).watching(budgets) }

  /// A thread that follows the run, decodes and measures what stands in its logs.
  func reader() throws(FileProblem) -> RunReaderThread<MeasuredBatch> {
    var measurer = RunMeasurer()
    var requests = LogitsFileRequests()
    return try RunReaderThread(path: path, dialect: dialect) { batch in
      let files = requests.requests(in: batch)
      var measured = measurer.measure(batch)
      measured.files = files
      return measured
    }
  }

  /// Everything that is there now, files of logits included.
  ///
  /// - Throws: an exit status, after saying why on standard error.
  func loadAll() throws -> RunModel {
    try StandardStreams.checkInput([path])
    let reader = try started { () throws(FileProblem) -> RunReaderThread<MeasuredBatch> in try self.reader() }
    defer { reader.stop() }
    var run = unread
    var files = LogitsFileQueue(path: path, isLive: false, clock: secondsSince1970)
    var source = pollfd(fd: reader.wakeDescriptor, events: Int16(POLLIN), revents: 0)
    repeat {
      poll(&source, 1, -1)
      while let measured = reader.take() {
        if measured.logsKL { files.noteLogHoldsKL() }
        files.add(measured.files)
        run.apply(measured)
      }
    } while !run.isLoaded
    files.noteLogWasRead()
    while let news = files.next() { run.apply(news) }
    try check(run)
    return run
  }

  /// What `start` gives.
  ///
  /// - Throws: an exit status, after saying why on standard error.
  func started<Started>(_ start: () throws(FileProblem) -> Started) throws -> Started {
    do throws(FileProblem) {
      return try start()
    } catch {
      StandardError.say("\(path): cannot start to read: \(error)")
      throw ExitStatus.unusableData
    }
  }

  private func check(_ run: RunModel) throws {
    switch run.activity {
    case .waiting:
      let wanted = dialect.map { "\($0.rawValue) " } ?? ""
      StandardError.say(
        "\(path): no \(wanted)log there; name a log, or a directory in which a trainer left one")
      throw ExitStatus.noInput
    case .failed(let reason):
      StandardError.say(reason)
      throw ExitStatus.unusableData
    case .loading, .upToDate, .removed, .ended, .notOpened: return
    }
  }
}

extension RunModel {
  /// True once nothing more can be read right now.
  fileprivate var isLoaded: Bool {
    switch activity {
    case .loading, .notOpened: false
    // A pipe is only complete at its end.
    case .upToDate: path != "-"
    case .waiting, .removed, .ended, .failed: true
    }
  }
}
