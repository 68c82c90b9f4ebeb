// What was decided about steps: the restarts, and what is told.

extension StepClassifier {
  struct LeadIn: Sendable {
    var record: Int
    var line: Int
    var steps: ClosedRange<Int>
  }

  /// What to know of the source if undecided rows turn out to be a restart.
  struct OpenRun: Sendable {
    /// Highest step before its first row.
    var highestBefore: Int
    /// Highest step since.
    var highest: Int
    var late = 0
    var leadIn: LeadIn?

    mutating func reach(_ step: Int) { highest = max(highest, step) }
  }

  /// The first records of a source that is read again: late ones may stand before the one that it goes on with.
  struct FreshStart: Sendable {
    var record: Int
    var line: Int
    var firstStep: Int
    /// Lowest step that a key repeats; `nil` before there is one.
    var lowestRepeat: Int?
    /// Highest step before it, and of its records.
    var highestBefore: Int?
    var highest: Int?
    var late = 0
  }

  mutating func note(_ notice: LogNotice, _ notices: inout NoticeList) {
    switch notice.kind {
    case .startedOver: startsOver = count > 0
    case .stepsRevised: forgetRecords()
    case .sessionStarted(let step):
      guard let highest, step <= highest else { return }
      restart(at: step, line: notice.line, position: notice.position, &notices)
    default: break
    }
  }

  /// The same records come again, at other steps.
  private mutating func forgetRecords() {
    let (keys, roles) = (lead, roles)
    self = StepClassifier()
    lead = keys
    lead.forgetValues()
    self.roles = roles
  }

  /// A source that is read again begins at a step, or at a lower one that was repeated before.
  mutating func begin(
    _ start: FreshStart, at step: Int, position: Int, _ notices: inout NoticeList
  ) {
    fresh = nil
    var step = step
    // An evaluation that it begins with is given again; one from further back came late both times.
    if let lowest = start.lowestRepeat, lowest < step {
      let gap = Double(orders[WriterTag()].steps.usualGap)
      if Double(step) - Double(lowest) <= gap { step = lowest }
    }
    restart(at: step, since: start, line: start.line, position: position, &notices)
  }

  /// A restart that needs no proof.
  ///
  /// - Parameter start: what of it came already.
  private mutating func restart(
    at step: Int, since start: FreshStart? = nil, line: Int, position: Int, _ notices: inout NoticeList
  ) {
    end(position: position, &notices)
    guard let from = start?.highestBefore ?? highest else { return }
    flush()
    orders.restart(at: step)
    lead.restart(at: step)
    if let known = highestDistribution { highestDistribution = min(known, step) }
    highest = max(min(from, step), start?.highest ?? .min)
    lateRecords -= start?.late ?? 0
    restarts.add()
    let records = start.map { count - $0.record } ?? 0
    notices.add(
      LogNotice(
        position: position, line: line,
        kind: .restarted(
          StepRestart(toStep: step, fromStep: from, records: records, lastStep: start?.highest))))
  }

  /// Decides what is open.
  mutating func end(position: Int, _ notices: inout NoticeList) {
    for (tag, decisions) in orders.end() {
      for decision in decisions { tell(decision, of: tag, position: position, &notices) }
    }
    open = [:]
    leadIn = nil
  }

  mutating func tell(
    _ decision: LeadOrder.Decision, of tag: WriterTag, position: Int, _ notices: inout NoticeList
  ) {
    switch decision {
    case .twoWriters(let row):
      tell(.twoWriters(key: leadName), line: row.line, position: position, &notices)
    case .restart(let toStep, let fromStep, let first):
      let run = open.removeValue(forKey: tag)
      guard !orders.isSplit || restarts.isNew(of: tag) else { return }
      if !orders.isSplit { restarts.add() }
      let restart = StepRestart(
        toStep: min(toStep, run?.leadIn?.steps.lowerBound ?? toStep),
        // Another counter may be far ahead.
        fromStep: counters.isUsed ? fromStep : max(fromStep, run?.highestBefore ?? fromStep),
        records: count - (run?.leadIn?.record ?? first.record),
        lastStep: run?.highest ?? toStep)
      flush()
      lead.restart(at: restart.toStep)
      if let known = highestDistribution { highestDistribution = min(known, restart.toStep) }
      highest = restart.lastStep
      lateRecords -= run?.late ?? 0
      notices.add(
        LogNotice(position: position, line: run?.leadIn?.line ?? first.line, kind: .restarted(restart)))
    }
  }

  mutating func tell(
    _ oddity: StepOddity, line: Int, position: Int, _ notices: inout NoticeList
  ) {
    guard told.insert(oddity).inserted else { return }
    notices.add(LogNotice(position: position, line: line, kind: .stepOddity(oddity)))
  }
}
