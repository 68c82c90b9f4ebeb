import RunLog
import TestSupport

/// Everything that a follower gave, one readable line for each record and each notice.
struct Transcript: Equatable {
  var entries: [String] = []
  var keys: [String] = []
  var texts: [String] = []
  var distributions: [DistributionRecord] = []
  var status = ReadStatus()

  /// Records as `LINE step S [eval] KEY=VALUE …`, with an asterisk where the step is not the record's own.
  mutating func add(_ batch: RecordBatch) {
    keys += batch.newKeys
    var notices = batch.notices[...]
    for (index, record) in batch.records.enumerated() {
      while let notice = notices.first, notice.position <= index {
        entries.append(describe(notice))
        notices.removeFirst()
      }
      entries.append(describe(record, batch))
    }
    entries += notices.map { describe($0) }
    texts += batch.texts.map { "\($0.key)=\($0.text)" }
    distributions += batch.distributions
    status = batch.status
  }

  private func describe(_ record: Record, _ batch: RecordBatch) -> String {
    let numbers = record.numbers.map { "\(keys[Int(batch.numberKeys[$0])])=\(batch.numbers[$0])" }
    let start = "\(record.line) step \(record.step)\(record.hasOwnStep ? "" : "*")"
    return ([start] + (record.phase == .eval ? ["eval"] : []) + numbers).joined(separator: " ")
  }

  private func describe(_ notice: LogNotice) -> String {
    switch notice.kind {
    case .rejected(let reason): "\(notice.line) rejected: \(reason)"
    case .unusable(let reason): "\(notice.line) unusable: \(reason)"
    case .startedOver(let kind): "\(notice.line) started over: \(kind)"
    case .run(let run): "\(notice.line) run \(run.name ?? "?")"
    case .ended(let end): "\(notice.line) ended: \(end.status)"
    case .printedOutput: "\(notice.line) printed output"
    case .progress(let progress): "\(notice.line) progress \(progress.done) of \(progress.total)"
    case .checkpointUnknown(let model): "\(notice.line) checkpoint unknown: \(model)"
    case .unusedKey(let key, let value): "\(notice.line) unused \(key): \(value)"
    case .remark(let text): "\(notice.line) remark: \(text)"
    case .stepsRevised: "\(notice.line) steps revised"
    case .sessionStarted(let step): "\(notice.line) session started at \(step)"
    case .restarted(let restart):
      "\(notice.line) restart from \(restart.fromStep) to \(restart.toStep), \(restart.records) records back"
    case .stepOddity(let oddity): "\(notice.line) \(oddity)"
    }
  }

  static func == (left: Transcript, right: Transcript) -> Bool {
    left.entries == right.entries && left.keys == right.keys && left.texts == right.texts
      && left.status == right.status
  }
}

/// A follower of one fake file and everything it has given so far.
struct Reading: ~Copyable {
  static let path = "/runs/metrics.jsonl"

  let files: FakeFileSystem
  private var follower: RunFollower
  private(set) var transcript = Transcript()
  private(set) var largestBatch = 0

  init(_ files: FakeFileSystem = FakeFileSystem(), path: String = Reading.path) {
    self.files = files
    follower = RunFollower(path: path, fileSystem: files)
  }

  /// Reads until there is nothing more now.
  mutating func readOn(limit: ReadLimit = ReadLimit()) {
    repeat {
      let batch = follower.nextBatch(limit: limit)
      largestBatch = max(largestBatch, batch.records.count + batch.notices.count)
      transcript.add(batch)
    } while transcript.status.source == .reading
  }

  /// Appends to the file and reads on.
  mutating func append(_ text: String) {
    files.append(Self.path, text)
    readOn()
  }

  var entries: [String] { transcript.entries }
  var status: ReadStatus { transcript.status }
}

/// What a file with some content says.
func transcript(of text: String) -> Transcript { transcript(of: Array(text.utf8)) }

func transcript(of bytes: [UInt8]) -> Transcript {
  let files = FakeFileSystem()
  files.create(Reading.path, bytes)
  var reading = Reading(files)
  reading.readOn()
  return reading.transcript
}

/// The batch of a file with a single line.
func batch(of line: String) -> RecordBatch {
  let files = FakeFileSystem()
  files.create(Reading.path, line + "\n")
  var follower = RunFollower(path: Reading.path, fileSystem: files)
  return follower.nextBatch()
}
