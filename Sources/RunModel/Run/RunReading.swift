internal import RunLog

/// How far the logs of a run are read, and which of its sources says what.
struct RunReading: Sendable {
  /// False for a run that is only listed.
  var isOpened: Bool
  var status = ReadStatus()
  /// One for each source, by its number.
  var sources: [SourceProgress] = []
  /// The source that told of modes or distributions last: only its restarts take those back.
  var measuredSource: Int?

  /// True where modes and distributions are a source's, or nobody's.
  func isMeasured(by source: Int) -> Bool { measuredSource == nil || measuredSource == source }

  /// Takes in the head of a batch.
  mutating func begin(_ batch: RecordBatch) {
    status = batch.status
    isOpened = true
    while sources.count <= batch.source { sources.append(SourceProgress()) }
  }
}

/// Where one source of a run stands; each goes back on its own.
struct SourceProgress: Sendable {
  /// Lowest step of its records; `nil` before there is one.
  var firstStep: Int?
  /// Highest step of the branch it is on; `nil` before there is one.
  var lastStep: Int?
  /// A record came that had not been there when the source was first read to its end.
  var hasGrown = false
  /// Restarts to a step that are listed as this source's.
  var listed: [Int: Int] = [:]
  /// Restarts to a step that another source had told of before.
  var unlisted: [Int: Int] = [:]

  /// Its records so far.
  private var records = 0
  /// Where its records have rows of the run one after the other: the first record and its row.
  private var spans: [(record: Int, row: Int)] = []

  mutating func note(step: Int, row: Int) {
    if spans.last.map({ row - records != $0.row - $0.record }) ?? true { spans.append((records, row)) }
    records += 1
    firstStep = min(firstStep ?? step, step)
    lastStep = max(lastStep ?? step, step)
  }

  /// Row of the first of its last records; `nil` for none of them.
  func row(ofLast count: Int) -> Int? {
    let record = records - count
    guard count > 0, record >= 0, let span = spans.last(where: { $0.record <= record }) else { return nil }
    return span.row + record - span.record
  }
}
