internal import FileAccess
internal import RunLog
internal import RunModel

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Reading everything a log has.
enum RunOpening {
  static func onOneThread(_ path: String) -> RunModel {
    var follower = RunFollower(path: path)
    var measurer = RunMeasurer()
    var run = RunModel(path: path)
    repeat { run.apply(measurer.measure(follower.nextBatch())) } while run.status.source == .reading
    return run
  }

  /// Read and measured on a thread of its own, applied on this one.
  static func asTheProgramDoes(_ path: String) throws(FileProblem) -> RunModel {
    let reader = try reader(of: path)
    defer { reader.stop() }
    var run = RunModel(path: path)
    repeat {
      wait(for: reader, milliseconds: -1)
      while let measured = reader.take() { run.apply(measured) }
    } while run.status.source == .reading
    return run
  }

  static func reader(of path: String) throws(FileProblem) -> RunReaderThread<MeasuredBatch> {
    var measurer = RunMeasurer()
    return try RunReaderThread(path: path) { measurer.measure($0) }
  }

  /// Waits until the reader has something; −1 waits for ever.
  static func wait(for reader: RunReaderThread<MeasuredBatch>, milliseconds: Int32) {
    var source = pollfd(fd: reader.wakeDescriptor, events: Int16(POLLIN), revents: 0)
    poll(&source, 1, milliseconds)
  }
}
