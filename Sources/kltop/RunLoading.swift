import ArgumentParser
import RunLog
import RunModel

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Reading a run on a thread of its own.
enum RunLoading {
  /// A thread that follows `path`, decodes and measures what stands in the log.
  static func reader(of path: String) throws(FileProblem) -> RunReaderThread<MeasuredBatch> {
    var measurer = RunMeasurer()
    var requests = LogitsFileRequests()
    return try RunReaderThread(path: path) { batch in
      let files = requests.requests(in: batch)
      var measured = measurer.measure(batch)
      measured.files = files
      return measured
    }
  }

  /// Everything that is there now, files of logits included.
  ///
  /// - Throws: an exit status, after saying why on standard error.
  static func loadAll(_ path: String) throws -> RunModel {
    let reader = try started(path) { () throws(FileProblem) in try Self.reader(of: path) }
    defer { reader.stop() }
    var run = RunModel(path: path)
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
  static func started<Started>(
    _ path: String, _ start: () throws(FileProblem) -> Started
  ) throws -> Started {
    do throws(FileProblem) {
      return try start()
    } catch {
      StandardError.say("\(path): cannot start to read: \(error)")
      throw ExitStatus.unusableData
    }
  }

  private static func check(_ run: RunModel) throws {
    switch run.activity {
    case .waiting:
      StandardError.say(
        "\(run.path): no such log; name a .jsonl file or a directory with metrics.jsonl in it")
      throw ExitStatus.noInput
    case .failed(let reason):
      StandardError.say(reason)
      throw ExitStatus.unusableData
    case .loading, .upToDate, .removed, .ended: return
    }
  }
}

extension RunModel {
  /// True once nothing more can be read right now.
  fileprivate var isLoaded: Bool {
    if case .loading = activity { return false }
    // A pipe is only complete at its end.
    return path != "-" || activity != .upToDate
  }
}
