internal import Curves

/// Where something happened that a finding may be made of, so that a restart can take back what it replaced and a replay
/// can look back.
struct OccurrenceLedger: Sendable {
  private struct Key: Hashable {
    var kind: Occurrence.Kind
    var series: String?
  }

  private struct Entry {
    var counts = StepCounts()
    /// What the sentence is made of, by step: at least for the first one.
    var evidence: [Int: OccurrenceEvidence] = [:]
    /// Those about a step that the run had left behind already.
    var late: [(step: Int, row: Int)] = []

    /// Forgets what holds from `step` on, except what a row since then said.
    ///
    /// - Parameter fromStep: highest step before: what is above came since.
    mutating func restart(at step: Int, fromStep: Int, row: Int) {
      let above = counts.all(above: max(fromStep, step > .min ? step - 1 : step))
      let since = late.filter { $0.step >= step && $0.row >= row }
      let kept = Set(above.map(\.step)).union(since.map(\.step))
      counts.removeAll(from: step)
      for (step, count) in above { counts.add(count, at: step) }
      for entry in since where entry.step <= fromStep { counts.add(1, at: entry.step) }
      evidence = evidence.filter { $0.key < step || kept.contains($0.key) }
      late.removeAll { $0.step >= step }
    }

    mutating func lookBack(to moment: RunMoment) {
      if moment.step < .max { restart(at: moment.step + 1, fromStep: .max, row: .max) }
      for entry in late where entry.row >= moment.rows { counts.add(-1, at: entry.step) }
      late.removeAll { $0.row >= moment.rows }
    }
  }

  private var entries: [Key: Entry] = [:]
  /// Row of the record that is being taken in, and whether its step was left behind already.
  private var place: (row: Int, isLate: Bool) = (-1, false)

  init() {}

  /// Says which record the next occurrences come from.
  ///
  /// - Parameter isLate: it is about a step before one that was reached.
  mutating func begin(row: Int, isLate: Bool) { place = (row, isLate) }

  /// Counts one more occurrence.
  mutating func add(_ kind: Occurrence.Kind, series: String?, step: Int, evidence: OccurrenceEvidence? = nil)
  {
    let key = Key(kind: kind, series: series)
    // The sentence tells of the first one; a million NaN need no memory of their values.
    // A restart may make a late one the first.
    if let evidence, place.isLate || (entries[key]?.counts.first.map { step < $0 } ?? true) {
      entries[key, default: Entry()].evidence[step] = evidence
    }
    entries[key, default: Entry()].counts.add(1, at: step)
    if place.isLate { entries[key]?.late.append((step, place.row)) }
  }

  /// States how often something happened at a step, replacing what was said about that step before.
  mutating func set(
    _ kind: Occurrence.Kind, series: String?, step: Int, count: Int, evidence: OccurrenceEvidence
  ) {
    let key = Key(kind: kind, series: series)
    if count == 0, entries[key] == nil { return }
    entries[key, default: Entry()].counts.set(count, at: step)
    entries[key]?.evidence[step] = count > 0 ? evidence : nil
    if entries[key]?.counts.first == nil { entries[key] = nil }
  }

  /// Takes back everything from `step` on that is about some series and came before a row.
  ///
  /// - Parameter fromStep: highest step before.
  mutating func restart(
    at step: Int, fromStep: Int, row: Int, where isAffected: (String?) -> Bool = { _ in true }
  ) {
    for key in Array(entries.keys) where isAffected(key.series) {
      entries[key]?.restart(at: step, fromStep: fromStep, row: row)
      if entries[key]?.counts.first == nil { entries[key] = nil }
    }
  }

  /// Leaves only what was known at a moment.
  mutating func lookBack(to moment: RunMoment) {
    for key in Array(entries.keys) {
      entries[key]?.lookBack(to: moment)
      if entries[key]?.counts.first == nil { entries[key] = nil }
    }
  }

  /// What happened up to a step, in no order.
  func occurrences(through step: Int) -> [Occurrence] {
    entries.compactMap { key, entry -> Occurrence? in
      guard let first = entry.counts.first, let last = entry.counts.last(through: step) else { return nil }
      return Occurrence(
        kind: key.kind, series: key.series, steps: first...last, count: entry.counts.total(through: step),
        evidence: entry.evidence[first] ?? OccurrenceEvidence())
    }
  }
}

/// Something that records of a log said or showed, once or often: a fact that a finding may be made of.
package struct Occurrence: Sendable {
  package enum Kind: Sendable, Hashable, CaseIterable {
    /// A loss was NaN or infinite.
    case nonfiniteLoss
    case nonfiniteKL
    /// A forward pass of the reference ran in train mode.
    case referenceInTrainMode
    case referenceWithGradients
    /// Records of phase eval came from a policy in train mode.
    case evaluationInTrainMode
    case evaluationWithGradients
    /// A row of training has metrics of eval mode.
    case trainingInEvalMode
    /// Rows of phase train were computed without gradients.
    case trainingWithoutGradients
    /// A logged KL in eval mode was above 0 at the lowest step known then.
    case apartAtFirstStep
    /// Logits or log-probabilities could not be used.
    case unusableDistribution
    /// Sampled tokens came from another model than the policy, or nobody says from which.
    case tokensNotFromPolicy
    /// Benchmark scores name no checkpoint.
    case checkpointUnknown
    /// Logits of the policy came without logits of the reference.
    case logitsWithoutReference
  }

  package var kind: Kind
  /// What it is about: a metric key, a probe or a file; `nil` where it is about the run.
  package var series: String?
  /// First and last step.
  package var steps: ClosedRange<Int>
  package var count: Int
  /// Of the first step.
  package var evidence: OccurrenceEvidence
}

/// What makes a sentence about an occurrence concrete.
package struct OccurrenceEvidence: Sendable {
  /// What the program computed, or the value that stood in the log.
  package var value: Double = .nan
  /// Why something could not be used.
  package var reason = ""
  /// What could not be used.
  package var leftOut = "logits or log-probabilities"
}

/// What of a record was left out, told from the reason.
enum LeftOut {
  /// Texts that only name rows or classes: where their number is wrong, the logits stay.
  private static let names: Set<String> = ["tokens", "labels", "classes"]

  /// - Parameter reason: `3 tokens for 5` names what was left out; any other one is about the distribution itself.
  static func subject(of reason: String) -> String {
    let words = reason.split(separator: " ").map(String.init)
    guard words.count == 4, Int(words[0]) != nil, names.contains(words[1]), words[2] == "for" else {
      return OccurrenceEvidence().leftOut
    }
    return words[1]
  }
}
