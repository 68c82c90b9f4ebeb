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
