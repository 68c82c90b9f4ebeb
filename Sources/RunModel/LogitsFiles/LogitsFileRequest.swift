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

/// Records whose logits are in files that are not measured yet.
struct PendingLogitsFiles: Sendable {
  struct Record: Sendable {
    var probe: ProbeKey
    let step: Int
    /// The KL that stands in the record.
    let logged: LoggedKL?
    var policyInEvalMode: Bool
    /// Every KL against the reference that stands in the record, and how the models stood.
    let loggedKLs: [AuditRecord.LoggedKL]
    let modes: ModelModes
    /// Its row in the run's `RowTable`; −1 where no record names the file.
    let row: Int
  }

  private var records: [Int: Record] = [:]

  mutating func add(_ record: Record, id: Int) { records[id] = record }

  /// The record of a request, nil where a restart took it back.
  func record(_ id: Int) -> Record? { records[id] }

  mutating func remove(_ id: Int) { records[id] = nil }

  /// Forgets the records from `step` on that came before a row.
  mutating func restart(at step: Int, row: Int) {
    records = records.filter { $0.value.step < step || $0.value.row >= row }
  }
}
