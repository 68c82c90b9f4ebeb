internal import RunLog
internal import RunModel

/// A logged KL beside what the logits of the same rows make of it under every convention.
struct AuditObservation: Sendable {
  var step: Int
  var logged: Double
  var isEvaluation: Bool
  var modes: ModelModes
  var sums: ConventionSums
  var shift: ReferenceShift?
  /// True where only rows are left of the logits.
  var isReduced: Bool
  /// True where conventions can differ: the models do, or the log says so.
  private(set) var isInformative = false

  init(_ records: [AuditRecord], logged: Double, isEvaluation: Bool) {
    step = records.first?.step ?? 0
    self.logged = logged
    self.isEvaluation = isEvaluation
    modes = records.first?.modes ?? ModelModes()
    isReduced = records.contains(where: \.isReduced)
    sums = ConventionSums()
    for record in records {
      sums.merge(record.sums)
      guard let more = record.shift else { continue }
      var all = shift ?? ReferenceShift()
      all.merge(more)
      shift = all
    }
    isInformative = Self.isInformative(sums, logged: logged)
  }

  /// Models further apart than this differ, nats a row; closer ones are told from each other by no convention.
  static let apart = 2e-5

  private static func isInformative(_ sums: ConventionSums, logged: Double) -> Bool {
    guard let computed = sums.meanPolicyReference else { return logged != 0 }
    return !(abs(computed) <= apart && abs(logged) <= apart)
  }
}

/// The rows that a logged KL may be about.
///
/// One that stands in the records with the logits is most likely about those rows; but a trainer may also write the
/// KL of a whole evaluation beside its first batch, or on a line of its own.
struct ObservationGrouping {
  var run: RunModel
  package var series: SeriesID

  private var isEvaluation: Bool { run.series[series].role == .evaluationKL }

  /// One way of taking records together.
  struct Reading {
    var observations: () -> [AuditObservation]
    /// What is wrong with the rows of the reading; `nil` where they are the ones that count.
    var part: KLConvention?
    /// How much it assumes.
    var cost = 0.0
  }

  /// Observations under each reading, the likeliest first; none is empty.
  var readings: [Reading] {
    let records = run.evidence.records
    let own = records.filter { $0.logged(series) != nil }
    if own.isEmpty { return readingsApart(from: records) }
    let alone = Reading(observations: { own.map { observation([$0]) } })
    // Where every step has one record, there is nothing to take together.
    if Set(records.map(\.step)).count == records.count { return [alone] }
    return [
      alone, Reading(observations: { grouped(records) { $0.probe } }, cost: 0.05),
      Reading(observations: { grouped(records) { $0.probe.phase } }, cost: 0.1),
    ]
  }

  private func readingsApart(from records: [AuditRecord]) -> [Reading] {
    let groups = groupsApart(from: records)
    guard !groups.isEmpty else { return [] }
    func reading(_ taken: @escaping ([AuditRecord]) -> [AuditRecord]) -> () -> [AuditObservation] {
      {
        groups.map { group in
          AuditObservation(taken(group.records), logged: group.logged, isEvaluation: isEvaluation)
        }
      }
    }
    let all = Reading(observations: reading { $0 })
    guard groups.contains(where: { $0.records.count > 1 }) else { return [all] }
    return [
      all, Reading(observations: reading { Array($0.prefix(1)) }, part: .firstBatch, cost: 1),
      Reading(observations: reading { Array($0.suffix(1)) }, part: .anotherBatch, cost: 1),
    ]
  }

  /// True where the KL stands in records with logits.
  var isPaired: Bool { run.evidence.records.contains { $0.logged(series) != nil } }

  /// Where its rows are, as findings call it.
  var probeLabel: String {
    let record = run.evidence.records.first { $0.logged(series) != nil }
    return record?.probe.label ?? (isEvaluation ? Phase.eval : .train).name
  }

  private func observation(_ records: [AuditRecord]) -> AuditObservation {
    let logged = records.last { $0.logged(series) != nil }
    return AuditObservation(
      records, logged: logged?.logged(series) ?? .nan,
      isEvaluation: isEvaluation || logged?.probe.phase == .eval)
  }

  /// One observation for all records of a step that `key` does not tell apart.
  private func grouped<Key: Hashable>(_ records: [AuditRecord], by key: (AuditRecord) -> Key)
    -> [AuditObservation]
  {
    let groups = Dictionary(grouping: records) { GroupKey(step: $0.step, key: key($0)) }
    return groups.values.filter { group in group.contains { $0.logged(series) != nil } }
      .map { observation($0) }.sorted { $0.step < $1.step }
  }

  private struct GroupKey<Key: Hashable>: Hashable {
    var step: Int
    var key: Key
  }

  /// A KL on lines of its own, and the records with logits of the same step and phase.
  private func groupsApart(from records: [AuditRecord]) -> [(records: [AuditRecord], logged: Double)] {
    let phase: Phase = isEvaluation ? .eval : .train
    let named = Set(run.series[series].name.split(separator: "/").map { $0.lowercased() })
    let candidates = records.filter { $0.probe.phase == phase }
    // A key like eval/old/kl is about the set of that name.
    let ofSet = candidates.filter { $0.probe.set.map { named.contains($0.lowercased()) } ?? false }
    // Rows of other sets say nothing of it.
    let isOfSet = named.contains { run.knownSets.contains($0) }
    let groups = Dictionary(grouping: isOfSet || !ofSet.isEmpty ? ofSet : candidates, by: \.step)
    return groups.sorted { $0.key < $1.key }.compactMap { step, group in
      run.lastValue(of: series, atExactly: step).map { (group, $0) }
    }
  }
}

extension AuditRecord {
  /// The value of a series in this record.
  func logged(_ series: SeriesID) -> Double? { logged.last { $0.series == series }?.value }
}
