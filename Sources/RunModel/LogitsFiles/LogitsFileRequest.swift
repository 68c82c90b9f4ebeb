package import RunLog

/// A file of logits that a record names, to be measured beside the reading of the log.
package struct LogitsFileRequest: Sendable, Hashable {
  /// Tells requests of one reading apart.
  package let id: Int
  /// Index into the batch's `records`.
  package let record: Int
  package let step: Int
  package let phase: Phase
  package let set: String?
  package let file: LogitsFileName
}

/// Numbers the files that records name, in the order of the log.
package struct LogitsFileRequests: Sendable {
  private var count = 0

  package init() {}

  /// The files that the records of a batch name.
  package mutating func requests(in batch: RecordBatch) -> [LogitsFileRequest] {
    var result: [LogitsFileRequest] = []
    for distribution in batch.distributions {
      guard case .file(let file) = distribution.content else { continue }
      let record = batch.records[distribution.record]
      result.append(
        LogitsFileRequest(
          id: count, record: distribution.record, step: record.step, phase: record.phase,
          set: distribution.set, file: file))
      count += 1
    }
    return result
  }
}
