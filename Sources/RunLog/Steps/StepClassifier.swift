/// Decides what the steps of one source mean, in the order of its records: which come late, which begin a new branch,
/// which are counted anew in each epoch, and whether several programs write.
///
/// Every record is placed at once in its sorted series; the only later act is a cut. Records with one key, the lead,
/// decide: see `LeadOrder`. Others are late where their step was passed, and nothing follows from that. Memory does not
/// grow with the log: of steps in a rhythm only the rhythm is kept. Its properties are many because a batch may end
/// anywhere: whatever the next record is held against has to be here.
package struct StepClassifier: Sendable {
  var lead = LeadKey()
  var roles: ContiguousArray<StepKeyRole> = []
  private var shape = RowShape()
  var orders = WriterOrders()
  private var epochs = EpochSteps()
  var counters = StepCounters()
  var told: Set<StepOddity> = []
  /// Keys whose evaluations stand at the number of an epoch.
  private var keysByEpoch: Set<UInt32> = []
  /// First step of the lead; `nil` before there is one.
  private var firstLeadStep: Int?
  /// Records before the one that is looked at: what is decided stands before it.
  var count = 0
  /// Highest step of the present branch; `nil` before there is one.
  var highest: Int?
  /// The same of records with logits and the like.
  var highestDistribution: Int?
  /// The step of the last record as it was read and as it was placed.
  private var lastPlaced: (read: Int, placed: Int)?
  /// It is read again from its start.
  var startsOver = false
  /// What came since then, until it is known which step it begins at.
  var fresh: FreshStart?
  /// Records without the lead, right before the next one, that repeat steps of their keys.
  var leadIn: LeadIn?
  /// What each writer has left open.
  var open: [WriterTag: OpenRun] = [:]
  var restarts = WriterRestarts()
  /// Records of the present branch at a step that had been passed.
  package internal(set) var lateRecords = 0

  /// Records without the lead after which a source that is read again begins at the first of them.
  private static let mostFreshRecords = 16

  package init() {}

  /// What is not decided yet.
  package var undecided: UndecidedStep? {
    orders.undecided.map { UndecidedStep(fromStep: $0.fromStep, toStep: $0.toStep) }
  }

  /// Where the steps come from, if not from the log as it stands.
  package var stepSource: StepSource? { epochs.isUsed ? .countedByEpoch : nil }

  /// Puts the records of a batch to their steps, and adds notices of what was decided.
  package mutating func classify(_ batch: inout RecordBatch) {
    for name in batch.newKeys {
      lead.add(name)
      roles.append(StepKeyRole(ofKey: name))
    }
    guard batch.status.dialect?.isInOrder != false else { return }
    var notices = NoticeList(batch.notices)
    let writers = WriterTexts(batch)
    var distributions = batch.distributions[...]
    for index in batch.records.indices {
      while let notice = notices.next(before: index) { note(notice, &notices) }
      while let first = distributions.first, first.record < index { distributions.removeFirst() }
      classify(
        index, hasDistributions: distributions.first?.record == index, in: &batch, writers: writers, &notices)
    }
    while let notice = notices.next(before: .max) { note(notice, &notices) }
    batch.notices = notices.all
  }

  /// Decides what is left, where no more comes.
  package mutating func finish(_ batch: inout RecordBatch) {
    var notices = NoticeList(batch.notices)
    while notices.next(before: .max) != nil {}
    end(position: batch.records.count, &notices)
    if let fresh { begin(fresh, at: fresh.firstStep, position: batch.records.count, &notices) }
    batch.notices = notices.all
  }

  // MARK: - Records

  private mutating func classify(
    _ index: Int, hasDistributions: Bool, in batch: inout RecordBatch, writers: WriterTexts,
    _ notices: inout NoticeList
  ) {
    let record = batch.records[index]
    defer { count += 1 }
    if startsOver {
      startsOver = false
      end(position: index, &notices)
      epochs = EpochSteps()
      fresh = FreshStart(record: count, line: record.line, firstStep: record.step, highestBefore: highest)
    }
    if !shape.fits(record, in: batch) {
      flush()
      shape = RowShape(
        batch.numberKeys[record.numbers], phase: record.phase, roles: roles, lead: (lead.key, lead.phase))
    }
    let isLead = record.numbers.isEmpty ? hasDistributions && lead.key == nil : shape.hasLead
    let epoch = shape.epoch.map { batch.numbers[record.numbers.lowerBound + $0] }
    var step = record.step
    if !isLead {
      step = placed(record, epoch: epoch, &notices, index)
      if !record.numbers.isEmpty {
        noteOther(step, line: record.line, position: index, &notices)
      } else if hasDistributions {
        noteLeadIn(step, line: record.line, repeats: step <= highestDistribution ?? .min)
      }
    } else if !epochs.goesOn(epoch) {
      step = placedLead(record, epoch: epoch, &notices, index)
    }
    if step != record.step { batch.records[index].step = step }
    lastPlaced = (record.step, step)
    if hasDistributions { highestDistribution = max(highestDistribution ?? step, step) }
    if let fresh, isLead || count - fresh.record + 1 == Self.mostFreshRecords {
      begin(fresh, at: isLead ? step : fresh.firstStep, position: index, &notices)
    }
    guard isLead || shape.hasLead && !record.numbers.isEmpty else { return noteStep(step) }
    if isLead { shape.note(step) }
    if firstLeadStep == nil { firstLeadStep = step }
    let row = LeadOrder.Row(step: step, record: count, line: record.line, keys: shape.identity)
    if !shape.hasTags, writers.isEmpty, orders.goesOn(row) {
      leadIn = nil
      noteStep(step)
    } else {
      let tag = writers.tag(of: index, shape, record, in: batch)
      noteLead(row, of: tag, position: index, &notices)
    }
  }

  @inline(__always)
  private mutating func noteStep(_ step: Int) {
    if let fresh {
      self.fresh?.highest = max(fresh.highest ?? step, step)
      if step < highest ?? step { self.fresh?.late += 1 }
    }
    guard let highest, step <= highest || !open.isEmpty else {
      self.highest = step
      return
    }
    if step < highest { lateRecords += 1 }
    self.highest = max(highest, step)
    for tag in open.keys {
      if step < highest { open[tag]?.late += 1 }
      open[tag]?.reach(step)
    }
  }

  /// A row of the lead that takes more than one look.
  private mutating func noteLead(
    _ row: LeadOrder.Row, of tag: WriterTag, position: Int, _ notices: inout NoticeList
  ) {
    if let owner = orders.begin(row, of: tag) {
      restarts.begin()
      open[owner] = open.removeValue(forKey: WriterTag())
      tell(.severalWriters(tag: writerKey), line: row.line, position: position, &notices)
    }
    let tag = orders.isSplit ? tag : WriterTag()
    let before = orders[tag].firstUndecided
    var decisions: [LeadOrder.Decision] = []
    orders.add(row, of: tag, to: &decisions)
    if before != nil { open[tag]?.reach(row.step) }
    for decision in decisions { tell(decision, of: tag, position: position, &notices) }
    let after = orders[tag].firstUndecided
    if after == nil {
      open[tag] = nil
    } else if after != before {
      open[tag] = OpenRun(
        highestBefore: highest ?? row.step, highest: row.step,
        leadIn: after == row.record ? leadIn(of: row, tag) : nil
      )
    }
    leadIn = nil
    noteStep(row.step)
  }

  /// Records before a row that belong to it, because they repeat steps right before its own.
  func leadIn(of row: LeadOrder.Row, _ tag: WriterTag) -> LeadIn? {
    guard let leadIn, leadIn.steps.upperBound <= row.step else { return nil }
    let gap = Double(orders[tag].steps.usualGap)
    return Double(row.step) - Double(leadIn.steps.lowerBound) <= gap ? leadIn : nil
  }

  /// A record without the lead; one of its keys may lead from now on.
  private mutating func noteOther(_ step: Int, line: Int, position: Int, _ notices: inout NoticeList) {
    let (repeats, isNewLead) = lead.note(shape.keys, phase: shape.phase, step: step)
    if repeats, let fresh { self.fresh?.lowestRepeat = min(fresh.lowestRepeat ?? step, step) }
    noteLeadIn(step, line: line, repeats: repeats)
    if isNewLead { begin(position: position, &notices) }
    if !shape.hasLead, counters.note(step, keys: shape.identity, lead: orders[WriterTag()].steps) {
      let own = shape.keys.map { lead.facts[Int($0)] }
      let key = own.first { $0.rank > .bookkeeping } ?? own.first
      tell(
        .secondCounter(key: key?.name ?? "", lead: leadName), line: line, position: position, &notices)
    }
  }

  private mutating func noteLeadIn(_ step: Int, line: Int, repeats: Bool) {
    guard repeats, let highest, step < highest else { return leadIn = nil }
    let known = leadIn ?? LeadIn(record: count, line: line, steps: step...step)
    leadIn = known
    leadIn?.steps = min(known.steps.lowerBound, step)...max(known.steps.upperBound, step)
  }

  /// Begins with another lead.
  private mutating func begin(position: Int, _ notices: inout NoticeList) {
    end(position: position, &notices)
    let start = lead.key.map { lead.facts[$0].highestBefore } ?? .min
    orders = WriterOrders(startingAt: start > .min ? start : nil)
    firstLeadStep = start > .min ? firstLeadStep : nil
    shape.hasLead = true
    shape.beginCounting()
  }

  /// Counts the keys of the records with the lead that had the same ones.
  mutating func flush() {
    guard shape.hasLead, shape.steps > 0 else { return }
    for key in shape.keys {
      lead.note(Int(key), steps: shape.steps, highest: shape.highest, last: shape.last)
    }
    shape.beginCounting()
  }

  var leadName: String { lead.key.map { lead.facts[$0].name } ?? "" }

  /// The key that tells writers apart.
  private var writerKey: String {
    (shape.places + shape.sessions).first.map { lead.facts[Int(shape.keys[$0])].name } ?? "host"
  }

  // MARK: - Steps

  /// The step of a record of the lead.
  private mutating func placedLead(
    _ record: Record, epoch: Double?, _ notices: inout NoticeList, _ index: Int
  ) -> Int {
    guard let epoch else { return epochs.placed(record.step) }
    let order = orders[WriterTag()].steps
    let (step, isNew) = epochs.place(record.step, epoch: epoch, highest: order.last) { order.usualGap }
    if isNew { tell(.countedByEpoch, line: record.line, position: index, &notices) }
    return step
  }

  /// The step of a record without the lead.
  private mutating func placed(
    _ record: Record, epoch: Double?, _ notices: inout NoticeList, _ index: Int
  ) -> Int {
    if !record.hasOwnStep, let lastPlaced, lastPlaced.read == record.step { return lastPlaced.placed }
    if let epoch { return epochs.placed(record.step, epoch: epoch) }
    guard let running = epochs.running, Double(record.step) == running,
      let last = orders[WriterTag()].steps.last, isByEpoch(record.step)
    else { return epochs.placed(record.step) }
    let keys = shape.keys.filter { lead.facts[Int($0)].rank > .bookkeeping }
    keysByEpoch.formUnion(keys)
    epochs.noteEvaluations()
    if let key = keys.first {
      tell(
        .evaluationsByEpoch(key: lead.facts[Int(key)].name), line: record.line, position: index, &notices)
    }
    return last
  }

  /// True for a record that names no epoch and shares nothing with the training, where its step is below the training's
  /// first one: it is the number of the epoch.
  private func isByEpoch(_ step: Int) -> Bool {
    let keys = shape.keys.filter { lead.facts[Int($0)].rank > .bookkeeping }
    if keys.contains(where: keysByEpoch.contains) { return true }
    guard let firstLeadStep, step < firstLeadStep, !keys.isEmpty else { return false }
    return keys.allSatisfy { !lead.facts[Int($0)].isWithLead }
  }
}
