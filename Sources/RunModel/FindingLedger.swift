/// Where each kind of finding held, so that a restart can take back what it replaced.
struct FindingLedger: Sendable {
  private struct Key: Hashable {
    var code: FindingCode
    var series: String?
  }

  private struct Occurrence {
    var step: Int
    var count: Int
    /// Numbers the sentence is made of, as they were at this step.
    var evidence: FindingEvidence
  }

  /// Occurrences in the order of their steps.
  private var occurrences: [Key: [Occurrence]] = [:]

  init() {}

  /// Counts one more occurrence.
  mutating func add(_ code: FindingCode, series: String?, step: Int, evidence: FindingEvidence) {
    let key = Key(code: code, series: series)
    let place = Self.place(of: step, in: occurrences[key, default: []])
    if place.exists {
      occurrences[key, default: []][place.index].count += 1
    } else {
      occurrences[key, default: []].insert(Occurrence(step: step, count: 1, evidence: evidence), at: place.index)
    }
  }

  /// States whether a finding holds at a step, replacing what was said about that step before.
  mutating func set(
    _ code: FindingCode, series: String?, step: Int, count: Int, evidence: @autoclosure () -> FindingEvidence
  ) {
    let key = Key(code: code, series: series)
    if count == 0, occurrences[key] == nil { return }
    let place = Self.place(of: step, in: occurrences[key, default: []])
    if place.exists { occurrences[key, default: []].remove(at: place.index) }
    guard count > 0 else { return }
    occurrences[key, default: []].insert(
      Occurrence(step: step, count: count, evidence: evidence()), at: place.index)
  }

  /// Takes back everything from `step` on.
  mutating func restart(at step: Int) {
    for key in occurrences.keys { occurrences[key]?.removeAll { $0.step >= step } }
  }

  /// What holds, counting only steps up to `step`: errors first, then by first step.
  func findings(at step: Int) -> [Finding] {
    occurrences.compactMap { key, all -> Finding? in
      guard let first = all.first, first.step <= step else { return nil }
      let shown = all.prefix { $0.step <= step }
      guard let last = shown.last else { return nil }
      return Finding(
        severity: key.code.severity, code: key.code, series: key.series, step: first.step,
        count: shown.reduce(0) { $0 + $1.count },
        message: key.code.message(
          series: key.series, steps: first.step...last.step, evidence: first.evidence))
    }
    .sorted { ($0.severity.rank, $0.step, $0.code.rawValue, $0.series ?? "")
      < ($1.severity.rank, $1.step, $1.code.rawValue, $1.series ?? "") }
  }

  private static func place(of step: Int, in occurrences: [Occurrence]) -> (index: Int, exists: Bool) {
    var index = occurrences.count
    while index > 0, occurrences[index - 1].step > step { index -= 1 }
    return index > 0 && occurrences[index - 1].step == step ? (index - 1, true) : (index, false)
  }
}

/// Numbers that make a finding's sentence concrete.
struct FindingEvidence: Sendable {
  /// What the program computed, or the value that stood in the log.
  var value: Double = .nan
  /// What the log says, where two numbers disagree.
  var logged: Double = .nan
  /// Where and why, in words.
  var reason = ""
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
