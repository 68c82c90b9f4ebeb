import Foundation
import RunLog
import RunTestSupport
import TestSupport
import Testing

@testable import RunAnalysis
@testable import RunFeed
@testable import RunModel

/// Logs whose logits are in files: the audit says of them what it says of logits in the log.
struct AuditFilesTests {
  enum Placement: CaseIterable, Sendable {
    /// Each record names its file.
    case named
    /// The files lie in the folder `logits`.
    case folder
  }

  @Test(arguments: AuditMistakeTests.cases, Placement.allCases)
  func `The mistake of a log is named from files as well`(
    _ example: AuditMistakeTests.Case, _ placement: Placement
  ) throws {
    let run = try LogWithFiles(example.log, placement).run()
    let audit = RunAudit(run)
    try #require(audit.audits.map(\.logged) == ["eval/kl"])
    #expect(audit.audits[0].explainedBy == example.convention)
    #expect(audit.audits[0].alternatives == [])
    #expect(audit.audits[0].steps == 8)
    #expect(audit.audits[0].isCertain)
    #expect(RunAnalysis(of: run).audit.audits.map(\.explainedBy) == [example.convention])
  }

  @Test func `A file that was rewritten counts once, as it is now`() throws {
    let log = try LogWithFiles("correct", .folder)
    var run = try log.run()
    let before = run.evidence.records.count
    let news = try #require(log.measured.last)
    run.apply(news)
    #expect(run.evidence.records.count == before)
  }

  @Test func `Logits in the log come before those of a file of the same step`() throws {
    let log = try LogWithFiles("correct", .folder)
    var run = RunModel(log: Fixtures.mistakes.appending(path: "correct.jsonl"))
    let before = run.evidence.records
    for news in log.measured { run.apply(news) }
    #expect(run.evidence.records.count == before.count)
    #expect(run.evidence.records.allSatisfy { $0.file == nil })
  }
}

/// A log of the fixtures with its logits moved into files.
private struct LogWithFiles {
  private let folder: ScratchFolder

  init(_ name: String, _ placement: AuditFilesTests.Placement) throws {
    folder = try ScratchFolder()
    let log = try String(
      contentsOf: Fixtures.mistakes.appending(path: name + ".jsonl"), encoding: .utf8)
    var lines: [String] = []
    for line in log.split(separator: "\n") {
      lines.append(
        try line.contains("\"logits\"") ? Self.move(String(line), to: folder, placement) : String(line))
    }
    try folder.write(Array((lines.joined(separator: "\n") + "\n").utf8), to: "metrics.jsonl")
  }

  /// Writes the logits of a line to a file; what is left of the line.
  private static func move(
    _ line: String, to folder: ScratchFolder, _ placement: AuditFilesTests.Placement
  ) throws -> String {
    var rest = line
    var tensors: [WrittenTensor] = []
    // One sample with several rows is a sequence.
    let batch = line.contains("\"sample\":") ? [1] : []
    for (key, name, type) in [
      ("logits", "logits", StoredNumbers.float32), ("ref_logits", "ref_logits", .float32),
      ("target", "targets", .int64),
    ] {
      let (shape, values) = try #require(take(key, from: &rest))
      tensors.append(WrittenTensor(name, type, batch + shape, values))
    }
    let step = try #require(line.firstMatch(of: /"step": ?(\d+)/)?.output.1)
    let file = "logits/step-\(step).safetensors"
    try folder.write(LogitsFileBytes.safetensors(tensors), to: file)
    if placement == .named { rest = "{\"logits_file\":\"\(file)\"," + rest.dropFirst() }
    return rest
  }

  /// Removes an array from a line.
  private static func take(_ key: String, from line: inout String) throws -> (shape: [Int], values: [Double])?
  {
    guard let name = line.range(of: "\"\(key)\":"),
      let start = line[name.upperBound...].firstIndex(of: "[")
    else { return nil }
    var depth = 0
    let end = line[start...].indices.first { index in
      if line[index] == "[" { depth += 1 }
      if line[index] == "]" { depth -= 1 }
      return depth == 0
    }
    guard let end else { return nil }
    let text = line[start...end]
    var value = try JSONSerialization.jsonObject(with: Data(text.utf8))
    var shape: [Int] = []
    while let array = value as? [Any], let first = array.first {
      shape.append(array.count)
      value = first
    }
    let numbers = text.split { "[], ".contains($0) }.compactMap { Double($0) }
    // With the comma on the one side or the other.
    var range = name.lowerBound..<line.index(after: end)
    if line[range.upperBound...].first == "," {
      range = range.lowerBound..<line.index(after: range.upperBound)
    }
    line.removeSubrange(range)
    line = line.replacing(/,\s*}/, with: "}")
    return (shape, numbers)
  }

  /// What the files come to, in the order of the log.
  var measured: [LogitsFileNews] {
    var queue = queue
    queue.noteLogHoldsKL()
    queue.noteLogWasRead()
    var result: [LogitsFileNews] = []
    while let news = queue.next() { result.append(news) }
    return result
  }

  private var queue: LogitsFileQueue { LogitsFileQueue(path: folder.path, isLive: false) { 0 } }

  /// A run that has read the log and measured its files.
  func run() throws -> RunModel {
    var run = RunModel(path: folder.path)
    var follower = RunFollower(path: folder.path)
    var comparer = RunComparer()
    var requests = LogitsFileRequests()
    var queue = queue
    repeat {
      let batch = follower.nextBatch()
      let files = requests.requests(in: batch)
      var measured = comparer.measure(batch)
      measured.files = files
      if measured.logsKL { queue.noteLogHoldsKL() }
      queue.add(files)
      run.apply(measured)
    } while run.activity != .upToDate
    queue.noteLogWasRead()
    while let news = queue.next() { run.apply(news) }
    return run
  }
}
