/// Where each kind of finding held, so that a restart can take back what it replaced and a replay can look back.
struct FindingLedger: Sendable {
  private struct Key: Hashable {
    var code: FindingCode
    var series: String?
  }

  private struct Entry {
    var counts = StepCounts()
    /// What the sentence is made of, by step: at least for the first one.
    var evidence: [Int: FindingEvidence] = [:]
    /// Those about a step that the run had left behind already.
    var late: [(step: Int, row: Int)] = []

    mutating func restart(at step: Int) {
      counts.removeAll(from: step)
      evidence = evidence.filter { $0.key < step }
      late.removeAll { $0.step >= step }
    }

    mutating func lookBack(to moment: RunMoment) {
      if moment.step < .max { restart(at: moment.step + 1) }
      for entry in late where entry.row >= moment.rows { counts.add(-1, at: entry.step) }
      late.removeAll { $0.row >= moment.rows }
    }
  }

  private var entries: [Key: Entry] = [:]
  /// Row of the record that is being taken in, and whether its step was left behind already.
  private var place: (row: Int, isLate: Bool) = (-1, false)
  /// What was taken back because it had never been right, and after how many rows.
  private var withdrawn: [(rows: Int, entries: [Key: Entry])] = []

  init() {}

  /// Says which record the next findings come from.
  ///
  /// - Parameter isLate: it is about a step before one that was reached.
  mutating func begin(row: Int, isLate: Bool) { place = (row, isLate) }

  /// Counts one more occurrence.
  mutating func add(_ code: FindingCode, series: String?, step: Int, evidence: FindingEvidence? = nil) {
    let key = Key(code: code, series: series)
    // The sentence tells of the first one; a million NaN need no memory of their values.
    if let evidence, entries[key]?.counts.first.map({ step < $0 }) ?? true {
      entries[key, default: Entry()].evidence[step] = evidence
    }
    entries[key, default: Entry()].counts.add(1, at: step)
    if place.isLate { entries[key]?.late.append((step, place.row)) }
  }

  /// States how often a finding holds at a step, replacing what was said about that step before.
  mutating func set(
    _ code: FindingCode, series: String?, step: Int, count: Int, evidence: FindingEvidence
  ) {
    let key = Key(code: code, series: series)
    if count == 0, entries[key] == nil { return }
    entries[key, default: Entry()].counts.set(count, at: step)
    entries[key]?.evidence[step] = count > 0 ? evidence : nil
    if entries[key]?.counts.first == nil { entries[key] = nil }
  }

  /// Takes back everything from `step` on that is about some series.
  mutating func restart(at step: Int, where isAffected: (String?) -> Bool = { _ in true }) {
    for key in Array(entries.keys) where isAffected(key.series) {
      entries[key]?.restart(at: step)
      if entries[key]?.counts.first == nil { entries[key] = nil }
    }
  }

  /// Takes back every finding of a kind.
  ///
  /// - Parameter isRemembered: a replay still shows what seemed right before.
  mutating func withdraw(_ code: FindingCode, isRemembered: Bool = false) {
    let taken = entries.filter { $0.key.code == code }
    guard !taken.isEmpty else { return }
    if isRemembered { withdrawn.append((place.row, taken)) }
    for key in taken.keys { entries[key] = nil }
  }

  /// Leaves only what was known at a moment.
  mutating func lookBack(to moment: RunMoment) {
    if let later = withdrawn.first(where: { $0.rows >= moment.rows }) {
      entries.merge(later.entries) { standing, _ in standing }
    }
    for key in Array(entries.keys) {
      entries[key]?.lookBack(to: moment)
      if entries[key]?.counts.first == nil { entries[key] = nil }
    }
  }

  /// What holds, counting only steps up to `step`: errors first, then by first step, causes before consequences.
  func findings(at step: Int) -> [Finding] {
    entries.compactMap { key, entry -> Finding? in
      guard let first = entry.counts.first, let last = entry.counts.last(through: step) else { return nil }
      return Finding(
        severity: key.code.severity, code: key.code, series: key.series, step: first,
        count: entry.counts.total(through: step),
        message: key.code.message(
          series: key.series, steps: first...last, evidence: entry.evidence[first] ?? FindingEvidence()))
    }
    .sorted {
      ($0.severity.rank, $0.step, $0.code.rank, $0.series ?? "")
        < ($1.severity.rank, $1.step, $1.code.rank, $1.series ?? "")
    }
  }
}

/// What makes a finding's sentence concrete.
struct FindingEvidence: Sendable {
  /// What the program computed, or the value that stood in the log.
  var value: Double = .nan
  /// What the log says, where two numbers disagree.
  var logged: Double = .nan
  /// Why something could not be used.
  var reason = ""
  /// What could not be used.
  var leftOut = "logits or log-probabilities"
}

extension Finding.Severity {
  /// Order of display.
  var rank: Int {
    switch self {
    case .error: 0
    case .warning: 1
    case .note: 2
    }
  }
}
