internal import FileAccess

/// The lines of all metrics of an mlflow run in the order of their times, each with its key behind a tab.
///
/// Numbers that were logged together have one time and come one after the other.
final class MlflowLines: FolderLog {
  let kind = FolderKind.mlflow
  private let run: MlflowRun
  private let fileSystem: any LogFileSystem
  private var metrics: [Metric] = []
  /// Lines that were put in order and not yet taken.
  private var output: [UInt8] = []
  private var taken = 0

  /// Bytes that are put in order at once, of which each file gives at most one piece.
  private static let enough = 1 << 18
  private static let piece = 1 << 15
  /// Files that are watched each; the slow poll finds what happens to more.
  private static let mostWatched = 256

  init(_ run: MlflowRun, in fileSystem: any LogFileSystem) {
    self.run = run
    self.fileSystem = fileSystem
  }

  var watchTargets: WatchTargets {
    let folders = Set(metrics.map { PathText.parent(of: $0.file.path) }).union([run.metricsDirectory])
    return WatchTargets(
      files: metrics.prefix(Self.mostWatched).map(\.file.path), directories: folders.sorted())
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileProblem) -> StreamRead {
    if taken == output.count {
      output.removeAll(keepingCapacity: true)
      taken = 0
      if let kind = try lookAround() { return startOver(kind) }
      try mergeLines()
    }
    let count = min(buffer.count, output.count - taken)
    buffer.copyBytes(from: output[taken..<taken + count])
    taken += count
    return count > 0 ? .bytes(count) : .nothing
  }

  /// Finds metrics that are new, and how long each of them is now; not `nil` where one is not what it was.
  private func lookAround() throws(FileProblem) -> StartOver? {
    guard metrics.allSatisfy({ !$0.hasMore }) else { return nil }
    let found = try run.files(in: fileSystem)
    if found != metrics.map(\.file) {
      let known = Dictionary(metrics.map { ($0.file, $0) }, uniquingKeysWith: { first, _ in first })
      metrics = found.map { known[$0] ?? Metric($0) }
    }
    for index in metrics.indices {
      if let kind = try metrics[index].look(in: fileSystem) { return kind }
    }
    return nil
  }

  private func startOver(_ kind: StartOver) -> StreamRead {
    metrics = []
    return .startedOver(kind)
  }

  private func mergeLines() throws(FileProblem) {
    while output.count < Self.enough {
      var earliest: Int64?
      for index in metrics.indices {
        try metrics[index].fill(Self.piece, in: fileSystem)
        guard let time = metrics[index].nextTime else { continue }
        earliest = min(earliest ?? time, time)
      }
      guard let earliest else { return }
      // One line of each file: what was logged in one call is of one time and one step.
      for index in metrics.indices where metrics[index].nextTime == earliest {
        metrics[index].moveLine(to: &output)
      }
    }
  }
}

/// What was read of the file of one metric.
private struct Metric {
  let file: MlflowRun.MetricFile
  /// What each of its lines ends with.
  private let ending: [UInt8]
  /// The file as it was looked at last.
  private var known: FileStatus?
  private var fingerprint = Fingerprint()
  /// Bytes of the file behind the fingerprint.
  private var pending: [UInt8] = []
  /// Where the next line begins, and where its newline is.
  private var line: Range<Int>?
  private var start = 0
  /// Milliseconds of the next line; a line without a time is as old as the one before.
  private var time: Int64 = 0
  private var isAtEnd = false

  private static let longest = 1 << 16

  init(_ file: MlflowRun.MetricFile) {
    self.file = file
    ending = [UInt8(ascii: "\t")] + file.key.utf8 + [UInt8(ascii: "\n")]
  }

  /// True where there are lines left of what the file was when it was looked at last.
  var hasMore: Bool { line != nil || !isAtEnd && known != nil }

  var nextTime: Int64? { line == nil ? nil : time }

  /// Looks at the file again; not `nil` where it is not the one that was read.
  mutating func look(in fileSystem: any LogFileSystem) throws(FileProblem) -> StartOver? {
    let status: FileStatus
    do throws(FileProblem) {
      status = try fileSystem.status(of: file.path)
    } catch FileProblem.missing {
      return nil
    }
    guard status != known else { return nil }
    if let known, fingerprint.offset > 0 {
      if !known.isSameFile(as: status) { return .replaced }
      if status.size < fingerprint.offset { return .truncated }
      if try !fingerprint.matches(fileSystem.open(file.path)) { return .replaced }
    }
    known = status
    isAtEnd = false
    return nil
  }

  /// Makes sure that the next line is known if there is one.
  mutating func fill(_ count: Int, in fileSystem: any LogFileSystem) throws(FileProblem) {
    while line == nil, !isAtEnd, let known {
      let rest = known.size - fingerprint.offset
      guard rest > 0 else {
        isAtEnd = true
        return
      }
      try read(min(count, rest), in: fileSystem)
      findLine()
    }
  }

  private mutating func read(_ count: Int, in fileSystem: any LogFileSystem) throws(FileProblem) {
    let handle: any LogFile
    do throws(FileProblem) {
      handle = try fileSystem.open(file.path)
    } catch FileProblem.missing {
      isAtEnd = true
      return
    }
    pending.removeFirst(start)
    start = 0
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
    defer { buffer.deallocate() }
    let got = try handle.read(at: fingerprint.offset, into: buffer)
    // Zeros are what a network file system shows of a write that has not arrived.
    let bytes = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<got])
    let arrived = UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.firstIndex(of: 0) ?? got)])
    if arrived.isEmpty { isAtEnd = true }
    fingerprint.extend(with: arrived)
    pending += arrived
  }

  private mutating func findLine() {
    let newline = pending.withUnsafeBytes { $0.index(of: UInt8(ascii: "\n"), from: start) }
    // What grows beyond all bounds is no line of a metric; the decoder says so.
    guard let end = newline ?? (pending.count - start > Self.longest ? pending.count : nil) else {
      line = nil
      return
    }
    line = start..<end
    if let stated = time(startingAt: start, before: end) { time = stated }
  }

  /// The integer that a line begins with.
  private func time(startingAt start: Int, before end: Int) -> Int64? {
    pending.withUnsafeBytes { bytes in
      var digits = start
      while digits < end, bytes[digits].isDigit { digits += 1 }
      return UnsafeRawBufferPointer(rebasing: bytes[start..<digits]).plainInteger.map { Int64($0) }
    }
  }

  mutating func moveLine(to output: inout [UInt8]) {
    guard let line else { return }
    pending.withUnsafeBytes { output.append(contentsOf: UnsafeRawBufferPointer(rebasing: $0[line])) }
    output.append(contentsOf: ending)
    start = min(line.upperBound + 1, pending.count)
    findLine()
  }
}
