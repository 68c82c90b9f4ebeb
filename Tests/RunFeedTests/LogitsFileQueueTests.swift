import Divergence
import RunLog
import RunTestSupport
import Synchronization
import TestSupport
import Testing

@testable import RunAnalysis
@testable import RunFeed
@testable import RunModel

/// Files of logits of a run, measured beside the reading of its log.
struct LogitsFileQueueTests {
  private let fixture: LogitsFixture
  private var run: RunModel
  private var queue: LogitsFileQueue
  private var requests = LogitsFileRequests()
  private var comparer = RunComparer()

  init() throws {
    fixture = try LogitsFixture(samples: 3, positions: 2, vocabulary: 5)
    run = RunModel(path: fixture.folder.path)
    queue = LogitsFileQueue(path: fixture.folder.path, isLive: true) { 0 }
  }

  /// Reads a log of these lines and asks for the files that they name.
  private mutating func read(_ lines: String...) throws {
    try fixture.folder.write(Array(lines.map { $0 + "\n" }.joined().utf8), to: "metrics.jsonl")
    var follower = RunFollower(path: fixture.folder.path, readsOnce: true)
    let batch = follower.nextBatch()
    let files = requests.requests(in: batch)
    var measured = comparer.measure(batch)
    measured.files = files
    run.apply(measured)
    queue.add(files)
  }

  /// Measures what can be measured; returns the number of news.
  @discardableResult
  private mutating func work() -> Int {
    var count = 0
    while let news = queue.next() {
      run.apply(news)
      count += 1
    }
    return count
  }

  private func rows(_ set: String?) -> [Int] {
    run.divergences[ProbeKey(phase: .eval, set: set)]?.points.map(\.rows) ?? []
  }

  private static func line(_ step: Int, _ file: String, set: String = "old", kl: Double = 0.25) -> String {
    #"{"step":\#(step),"mode":"eval","set":"\#(set)","kl":\#(kl),"logits_file":"logits/\#(file)"}"#
  }

  @Test mutating func `A file that a record names is the divergence of its step, phase and set`() throws {
    _ = try fixture.pair("logits/a.safetensors")
    try read(Self.line(7, "a.safetensors"))
    #expect(run.divergences.isEmpty)
    #expect(work() == 1)
    let point = try #require(run.divergences[ProbeKey(phase: .eval, set: "old")]?.points.first)
    #expect(point.step == 7 && point.rows == 6 && point.logged == 0.25 && point.policyInEvalMode)
    #expect(abs(point.policyReference.mean - mean(fixture.divergences)) < 4e-6)
    #expect(point.samples.map(\.name) == [.row(0), .row(1), .row(2)])
    #expect(point.samples.allSatisfy { $0.pictures.count == 2 && $0.rows.map(\.position) == [0, 1] })
    #expect(run.logitsFiles.done == 1 && run.logitsFiles.waiting == 0)
  }

  @Test mutating func `Samples have the names, tokens and targets that record and file give`() throws {
    _ = try fixture.pair(
      "logits/a.safetensors", with: [WrittenTensor("targets", .int64, [3, 2], [0, 1, 2, 3, 4, 0])])
    try read(
      #"{"step":1,"mode":"eval","samples":["x","y","z"],"tokens":["a","b"],"logits_file":"logits/a.safetensors"}"#
    )
    work()
    let point = try #require(run.divergences[ProbeKey(phase: .eval, set: nil)]?.points.first)
    #expect(point.samples.map(\.name) == [.named("x"), .named("y"), .named("z")])
    #expect(point.samples[1].pictures.map(\.token) == ["a", "b"])
    #expect(point.samples[1].pictures.map(\.target) == [2, 3])
  }

  @Test mutating func `A file that is still being written is waited for and never misread`() throws {
    let whole = LogitsFileBytes.safetensors([
      WrittenTensor("logits", .float32, fixture.shape, fixture.policy),
      WrittenTensor("ref_logits", .float32, fixture.shape, fixture.reference),
    ])
    try read(Self.line(3, "a.safetensors"))
    #expect(work() == 1)
    #expect(run.findings().first?.message.contains("no such file") == true)
    for size in [0, 5, 60, whole.count - 1] {
      try fixture.folder.write(Array(whole.prefix(size)), to: "logits/a.safetensors")
      #expect(work() == 0)
      #expect(run.divergences.isEmpty)
    }
    try fixture.folder.write(whole, to: "logits/a.safetensors")
    #expect(work() == 1)
    #expect(rows("old") == [6])
    #expect(run.findings().allSatisfy { $0.code != .unusableDistribution })
    #expect(run.logitsFiles.waiting == 0)
  }

  @Test mutating func `A file that cannot be used is a finding and holds nothing up`() throws {
    try fixture.folder.write([0x80, 2], to: "logits/a.pt")
    _ = try fixture.pair("logits/b.safetensors")
    try read(Self.line(3, "a.pt"), Self.line(4, "b.safetensors"))
    #expect(work() == 2)
    #expect(rows("old") == [6])
    let finding = try #require(run.findings().first { $0.code == .unusableDistribution })
    #expect(finding.step == 3 && finding.message.contains("torch.load"))
  }

  @Test mutating func `What a restart replaced is not brought back by its file`() throws {
    _ = try fixture.pair("logits/a.safetensors")
    try read(#"{"step":20,"loss":1}"#, Self.line(20, "a.safetensors"), #"{"step":5,"loss":2}"#)
    #expect(run.restarts.map(\.toStep) == [5])
    work()
    #expect(rows("old").isEmpty)
  }

  @Test mutating func `Logits in the log come before those in a file`() throws {
    _ = try fixture.pair("logits/a.safetensors")
    let inline = #"{"step":7,"mode":"eval","set":"old","logits":[[1,2],[2,1]],"ref_logits":[[2,1],[1,2]]}"#
    try read(Self.line(7, "a.safetensors"), inline)
    work()
    #expect(rows("old") == [2])
  }

  @Test mutating func `Logits that come into the log later replace those of a file`() throws {
    _ = try fixture.pair("logits/a.safetensors")
    try read(Self.line(7, "a.safetensors"))
    work()
    #expect(rows("old") == [6])
    try read(#"{"step":7,"mode":"eval","set":"old","logits":[[1,2],[2,1]],"ref_logits":[[2,1],[1,2]]}"#)
    #expect(rows("old") == [2])
  }

  @Test mutating func `Without named files the folder is taken by step, as soon as its files are settled`()
    throws
  {
    _ = try fixture.pair("logits/step-10.safetensors")
    try read(#"{"step":0,"loss":1}"#)
    #expect(work() == 0)
    queue.noteLogWasRead()
    #expect(work() == 0)
    #expect(work() == 1)
    #expect(rows(nil) == [6])
    _ = try fixture.pair("logits/step-20.safetensors", samples: 0..<2)
    #expect(work() == 0)
    #expect(work() == 1)
    #expect(rows(nil) == [6, 4])
    #expect(work() == 0)
  }

  @Test mutating func `An archive's folder is taken at once`() throws {
    _ = try fixture.pair("logits/step-10.safetensors")
    queue = LogitsFileQueue(path: fixture.folder.path("metrics.jsonl"), isLive: false) { 0 }
    queue.noteLogWasRead()
    #expect(work() == 1)
    #expect(rows(nil) == [6])
  }

  @Test mutating func `A log that names files names all of them`() throws {
    _ = try fixture.pair("logits/step-10.safetensors")
    _ = try fixture.pair("logits/step-20.safetensors")
    queue = LogitsFileQueue(path: fixture.folder.path, isLive: false) { 0 }
    try read(Self.line(10, "step-10.safetensors"))
    queue.noteLogWasRead()
    #expect(work() == 1)
    #expect(rows(nil).isEmpty && rows("old") == [6])
  }

  @Test mutating func `The progress tells files, speed and what is left`() throws {
    for step in 1...3 { _ = try fixture.pair("logits/\(step).safetensors") }
    let ticks = Ticks()
    queue = LogitsFileQueue(path: fixture.folder.path, isLive: false) { ticks.next() }
    try read(Self.line(1, "1.safetensors"), Self.line(2, "2.safetensors"), Self.line(3, "3.safetensors"))
    let first = queue.next()
    let news = try #require(first)
    #expect(news.progress.done == 1 && news.progress.queued == 2 && news.progress.seconds == 1)
    #expect(news.progress.bytesQueued == 2 * news.progress.bytesDone)
    #expect(news.progress.secondsLeft == 2)
  }
}

/// A clock that goes on by a second with every look.
private final class Ticks: Sendable {
  private let count = Mutex(0.0)

  func next() -> Double {
    count.withLock { count in
      count += 1
      return count
    }
  }
}
