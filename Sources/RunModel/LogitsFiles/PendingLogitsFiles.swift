internal import RunLog

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

  mutating func restart(at step: Int) { records = records.filter { $0.value.step < step } }
}
