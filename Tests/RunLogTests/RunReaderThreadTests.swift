import FileAccess
import Foundation
import RunLog
import Synchronization
import TestSupport
import Testing

/// The thread that reads, on real files and pipes of the machine, and on a file system that hangs.
struct RunReaderThreadTests {
  /// A directory of its own for each test.
  private final class Scratch {
    let path: String

    init() throws {
      let directory = FileManager.default.temporaryDirectory.appendingPathComponent(
        "kltop-" + UUID().uuidString)
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
      path = directory.path
    }

    deinit {
      try? FileManager.default.removeItem(atPath: path)
    }

    /// Writes at the end of a file, as a training script does.
    func append(_ name: String, _ text: String) throws {
      let file = open(path + "/" + name, O_WRONLY | O_CREAT | O_APPEND, 0o600)
      try #require(file >= 0)
      defer { close(file) }
      try #require(write(file, text, text.utf8.count) == text.utf8.count)
    }
  }

  /// Takes outputs until one satisfies a condition; false where that takes longer than any machine needs.
  private func take<Output>(
    from reader: RunReaderThread<Output>, until isWanted: (Output) -> Bool
  ) -> Bool {
    let deadline = ContinuousClock.now + .seconds(60)
    while ContinuousClock.now < deadline {
      while let output = reader.take() {
        if isWanted(output) { return true }
      }
      var question = pollfd(fd: reader.wakeDescriptor, events: Int16(POLLIN), revents: 0)
      poll(&question, 1, 1000)
    }
    return false
  }

  @Test func `A file is followed from before it exists until it is gone`() throws {
    let scratch = try Scratch()
    let reader = try RunReaderThread(path: scratch.path + "/run/metrics.jsonl") { $0 }
    #expect(take(from: reader) { $0.status.source == .waitingForFile })
    try FileManager.default.createDirectory(atPath: scratch.path + "/run", withIntermediateDirectories: false)
    try scratch.append("run/metrics.jsonl", "{\"step\":1,\"loss\":2}\n")
    #expect(take(from: reader) { $0.records.first?.step == 1 })
    for step in 2..<20 {
      try scratch.append("run/metrics.jsonl", "{\"step\":\(step)}\n")
      #expect(take(from: reader) { $0.records.first?.step == step })
    }
    try FileManager.default.moveItem(
      atPath: scratch.path + "/run/metrics.jsonl", toPath: scratch.path + "/run/old")
    #expect(take(from: reader) { $0.status.source == .removed })
    try scratch.append("run/metrics.jsonl", "{\"step\":0}\n")
    #expect(take(from: reader) { $0.notices.first?.kind == .startedOver(.replaced) })
    reader.stop()
  }

  @Test func `A directory is a run too`() throws {
    let scratch = try Scratch()
    let reader = try RunReaderThread(path: scratch.path) { $0 }
    #expect(take(from: reader) { $0.status.source == .waitingForFile })
    try scratch.append("metrics.jsonl", "{\"step\":5}\n")
    #expect(take(from: reader) { $0.records.first?.step == 5 })
  }

  @Test func `A pipe that the shell has opened is read until its writer closes it`() throws {
    var ends: [Int32] = [-1, -1]
    try #require(pipe(&ends) == 0)
    let reader = try RunReaderThread(path: "/dev/fd/\(ends[0])") { $0 }
    #expect(take(from: reader) { $0.status.source == .upToDate })
    let text = "{\"step\":1}\n{\"step\":2}"
    #expect(write(ends[1], text, text.utf8.count) == text.utf8.count)
    #expect(take(from: reader) { $0.records.last?.step == 2 })
    close(ends[1])
    #expect(take(from: reader) { $0.status.source == .ended })
    close(ends[0])
  }

  @Test func `A named pipe is never opened`() throws {
    let scratch = try Scratch()
    let path = scratch.path + "/metrics.jsonl"
    try #require(mkfifo(path, 0o600) == 0)
    let reason = "a named pipe, a device or a socket, and no log"
    for (asked, isExpected) in [
      (path, { (state: SourceState) in state.isFailure(containing: "metrics.jsonl: \(reason)") }),
      (scratch.path, { (state: SourceState) in state == .waitingForFile }),
    ] {
      let reader = try RunReaderThread(path: asked) { $0 }
      #expect(take(from: reader) { isExpected($0.status.source) })
      // A writer that does not wait finds nobody who reads.
      #expect(open(path, O_WRONLY | O_NONBLOCK) < 0 && errno == ENXIO)
      reader.stop()
    }
    #expect(throws: FileProblem.unreadable("is no regular file")) { _ = try DiskFileSystem().open(path) }
    #expect(throws: FileProblem.unreadable("is no regular file")) {
      _ = try DiskFileSystem().open("/dev/zero")
    }
  }

  @Test func `A transform keeps its state and sees every record in order`() throws {
    let scratch = try Scratch()
    try scratch.append("log", (0..<5000).map { "{\"step\":\($0)}\n" }.joined())
    var total = 0
    let reader = try RunReaderThread(
      path: scratch.path + "/log", limit: ReadLimit(bytes: 1000, records: 50), capacity: 2
    ) { batch in
      let isInOrder = batch.records.enumerated().allSatisfy { $1.step == total + $0 }
      total += isInOrder ? batch.records.count : 0
      return total
    }
    #expect(take(from: reader) { $0 == 5000 })
  }

  @Test func `A consumer that does not take holds the reader up`() throws {
    let scratch = try Scratch()
    try scratch.append("log", String(repeating: "{\"a\":1}\n", count: 1000))
    let made = Counter()
    let reader = try RunReaderThread(
      path: scratch.path + "/log", limit: ReadLimit(records: 10), capacity: 3
    ) { batch in
      made.add(1)
      return batch.records.count
    }
    var taken = 0
    var records = 0
    let isRead = take(from: reader) { count in
      taken += 1
      records += count
      // Those in the mailbox, and the one that waits for room.
      #expect(made.value <= taken + 4)
      return records == 1000
    }
    #expect(isRead)
  }

  @Test func `The descriptor is readable exactly while there is something to take`() throws {
    let scratch = try Scratch()
    try scratch.append("log", "{\"step\":1}\n")
    let reader = try RunReaderThread(path: scratch.path + "/log") { $0 }
    #expect(take(from: reader) { $0.status.source == .upToDate })
    reader.stop()
    while reader.take() != nil {}
    var question = pollfd(fd: reader.wakeDescriptor, events: Int16(POLLIN), revents: 0)
    #expect(poll(&question, 1, 0) == 0)
  }

  @Test func `Stopping returns although the file system hangs`() throws {
    let files = HangingFileSystem()
    let reader = try RunReaderThread(path: "/hangs", fileSystem: files) { $0 }
    files.entered.wait()
    reader.stop()
    #expect(reader.take() == nil)
    files.release.signal()
  }

  @Test func `Stopping returns although nobody takes`() throws {
    let scratch = try Scratch()
    try scratch.append("log", String(repeating: "{\"a\":1}\n", count: 1000))
    let reader = try RunReaderThread(
      path: scratch.path + "/log", limit: ReadLimit(records: 10), capacity: 1
    ) { $0 }
    var question = pollfd(fd: reader.wakeDescriptor, events: Int16(POLLIN), revents: 0)
    #expect(poll(&question, 1, 60_000) == 1)
    reader.stop()
    reader.stop()
    #expect(reader.take() != nil)
  }
}

/// A number that two threads know.
private final class Counter: Sendable {
  private let count = Mutex(0)

  var value: Int { count.withLock { $0 } }

  func add(_ amount: Int) { count.withLock { $0 += amount } }
}

/// A file system whose first call does not return until it is released.
private final class HangingFileSystem: LogFileSystem {
  let entered = DispatchSemaphore(value: 0)
  let release = DispatchSemaphore(value: 0)

  func status(of path: String) throws(FileProblem) -> FileStatus {
    entered.signal()
    release.wait()
    throw .missing
  }

  func open(_ path: String) throws(FileProblem) -> any LogFile { throw .missing }
  func openPipe(_ path: String) throws(FileProblem) -> any LogPipe { throw .missing }
  func entries(of directory: String) throws(FileProblem) -> [String] { [] }
}

extension SourceState {
  fileprivate func isFailure(containing reason: String) -> Bool {
    if case .failed(let told) = self { told.contains(reason) } else { false }
  }
}
