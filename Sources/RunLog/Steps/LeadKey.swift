/// Chooses the key whose steps tell how a source goes on: the one given at most steps.
///
/// Bookkeeping (an epoch, a time, a percentage) never leads where anything else is logged, and an evaluation does not
/// lead on a tie. A lead stays until another key has clearly more, so that two of equal rank do not take turns.
struct LeadKey: Sendable {
  /// What a key is good for.
  enum Rank: Int, Sendable, Comparable {
    case bookkeeping, evaluation, metric

    static func < (left: Rank, right: Rank) -> Bool { left.rawValue < right.rawValue }
  }

  struct Facts: Sendable {
    let name: String
    let rank: Rank
    /// Steps it was given at, each as often as the source came back to it.
    var steps = 0
    /// Highest step of the present branch; `Int.min` before there is one.
    var highest = Int.min
    /// The same before the last record.
    var highestBefore = Int.min
    /// The last step, whether or not it is the highest.
    var last = Int.min
    /// It came in a record that has the lead.
    var isWithLead = false
  }

  private(set) var facts: ContiguousArray<Facts> = []
  /// Index of the lead; `nil` before there is one.
  private(set) var key: Int?
  /// The phase of the records that it leads: a training and an evaluation go on each by itself.
  private(set) var phase = Phase.train

  init() {}

  mutating func add(_ name: String) { facts.append(Facts(name: name, rank: Rank(ofKey: name))) }

  /// Counts the keys of a record that does not have the lead.
  ///
  /// - Returns: whether a key that is no bookkeeping had reached the step before, and whether the lead is another one now.
  mutating func note(
    _ keys: some Sequence<UInt32>, phase: Phase, step: Int
  ) -> (repeats: Bool, isNewLead: Bool) {
    let before = (key, self.phase)
    var repeats = false
    for key in keys.lazy.map(Int.init) {
      let highest = facts[key].highest
      if highest >= step, facts[key].rank > .bookkeeping { repeats = true }
      facts[key].steps += step == facts[key].last ? 0 : 1
      facts[key].last = step
      facts[key].highestBefore = highest
      facts[key].highest = max(highest, step)
      guard key != self.key || phase != self.phase, overtakes(key, phase) else { continue }
      (self.key, self.phase) = (key, phase)
    }
    return (repeats, before != (key, self.phase))
  }

  /// Counts values of a key of several records at once.
  mutating func note(_ key: Int, steps: Int, highest: Int, last: Int) {
    facts[key].steps += steps
    facts[key].last = last
    facts[key].highest = max(facts[key].highest, highest)
    facts[key].isWithLead = true
  }

  /// Steps from `step` on belong to an old branch.
  mutating func restart(at step: Int) {
    let below = step > .min ? step - 1 : step
    for index in facts.indices where facts[index].highest >= step { facts[index].highest = below }
  }

  /// Forgets what came, not the keys.
  mutating func forgetValues() {
    key = nil
    facts = ContiguousArray(facts.map { Facts(name: $0.name, rank: $0.rank) })
  }

  private func overtakes(_ key: Int, _ phase: Phase) -> Bool {
    guard let lead = self.key else { return true }
    let (own, other) = (facts[key], facts[lead])
    let (ownRank, otherRank) = (own.rank.limited(to: phase), other.rank.limited(to: self.phase))
    if otherRank == .bookkeeping, ownRank > .bookkeeping { return true }
    if ownRank == .bookkeeping, otherRank > .bookkeeping { return false }
    if ownRank > otherRank, own.steps >= other.steps { return true }
    return own.steps * 4 > other.steps * 5 + 8
  }
}

extension LeadKey.Rank {
  init(ofKey name: String) {
    let words = name.lowercased().split { "/_-. ".contains($0) }.map(String.init)
    let tail = name.lowercased().split(separator: "/").last.map(String.init) ?? ""
    if Self.bookkeepingKeys.contains(tail) || words.contains(where: Self.bookkeepingWords.contains) {
      self = .bookkeeping
    } else {
      self = words.contains { Phase(word: $0) == .eval } ? .evaluation : .metric
    }
  }

  /// A value of an evaluation is one whatever its key is called.
  fileprivate func limited(to phase: Phase) -> Self { phase == .eval ? min(self, .evaluation) : self }

  private static let bookkeepingWords: Set<String> = [
    "epoch", "epochs", "time", "timestamp", "runtime", "elapsed", "eta", "percentage", "progress", "memory",
    "seconds", "second",
  ]
  private static let bookkeepingKeys: Set<String> = [
    "iter", "iteration", "step", "steps", "global_step", "total_steps", "max_steps", "current_steps",
    "total_flos",
    "rank", "local_rank", "global_rank", "world_size", "host", "pid", "launch", "worker", "mem",
  ]
}
