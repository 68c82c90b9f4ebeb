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
  typealias Reader = RunReaderThread<MeasuredBatch>

  /// A thread that follows `path`, decodes and measures.
  ///
  /// - Throws: an exit status, after saying why on standard error.
  static func reader(of path: String) throws -> Reader {
    var measurer = RunMeasurer()
    do throws(FileProblem) {
      return try Reader(path: path) { batch in measurer.measure(batch) }
    } catch {
      StandardError.say("\(path): cannot start to read: \(error)")
      throw ExitStatus.unusableData
    }
  }

  /// Everything that is there now.
  ///
  /// - Throws: an exit status, after saying why on standard error.
  static func loadAll(_ path: String) throws -> RunModel {
    let reader = try reader(of: path)
    defer { reader.stop() }
    var run = RunModel(path: path)
    var source = pollfd(fd: reader.wakeDescriptor, events: Int16(POLLIN), revents: 0)
    repeat {
      poll(&source, 1, -1)
      while let measured = reader.take() { run.apply(measured) }
    } while !run.isLoaded
    try check(run)
    return run
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
