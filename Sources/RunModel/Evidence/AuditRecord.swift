internal import Curves
package import RunLog

/// A record with distributions of both models: what its KL would be under every convention, and what it says.
package struct AuditRecord: Sendable {
  package var step: Int
  /// Its row in the run's `RowTable`.
  package var row: Int
  package var probe: ProbeKey
  /// Every KL against the reference that stands in the record.
  package var logged: [LoggedKL]
  package var modes: ModelModes
  package var sums: ConventionSums
  package var shift: ReferenceShift?
  /// The file that the logits are in; `nil` where they stand in the log.
  package var file: String?
  /// True where only rows are left of the logits.
  package var isReduced = false

  package struct LoggedKL: Sendable {
    package var series: SeriesID
    /// Nats, as the log believes.
    package var value: Double
  }
}

/// The records that a logged KL can be checked against, in the order they came.
package struct AuditEvidence: Sendable {
  package private(set) var records: [AuditRecord] = []
  /// How often something was added: tells whether an audit is out of date.
  package private(set) var additions = 0

  /// A long run is thinned: this many records tell a convention as well as all do.
  private static let mostRecords = 4096

  mutating func add(_ record: AuditRecord) {
    additions += 1
    records.append(record)
    if records.count > Self.mostRecords { thin() }
  }

  /// Adds what a file holds: instead of the same file before it was rewritten, and not where the log itself has logits.
  mutating func add(file record: AuditRecord) {
    let known = records.lastIndex {
      $0.step == record.step && $0.probe == record.probe && ($0.file == nil || $0.file == record.file)
    }
    guard let known else { return add(record) }
    additions += 1
    if records[known].file == record.file {
      records[known] = record
    } else if records[known].sums.rows == 0 {
      records[known].isReduced = record.isReduced
      // Sampled tokens of the same rows.
      records[known].sums.merge(record.sums)
      records[known].shift = record.shift
      records[known].file = record.file
    }
  }

  /// Forgets a file that is left out after all.
  mutating func remove(file: String) { records.removeAll { $0.file == file } }

  /// What was known at a moment.
  func asOf(_ moment: RunMoment) -> AuditEvidence {
    var evidence = self
    evidence.records.removeAll { $0.step > moment.step || $0.row >= moment.rows }
    return evidence
  }

  /// Forgets the records from `step` on that came before a row.
  mutating func restart(at step: Int, row: Int) { records.removeAll { $0.step >= step && $0.row < row } }

  /// Keeps every other step and the first; where one step has very many records, every other one.
  private mutating func thin() {
    let steps = Set(records.map(\.step)).sorted()
    let kept = Set(steps.enumerated().filter { $0.offset % 2 == 0 }.map(\.element))
    records.removeAll { !kept.contains($0.step) }
    guard records.count > Self.mostRecords * 3 / 4 else { return }
    records = stride(from: 0, to: records.count, by: 2).map { records[$0] }
  }
}
