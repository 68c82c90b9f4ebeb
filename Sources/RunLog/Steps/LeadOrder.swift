/// Tells what a step means that is not above the last one: whether it comes late, is given again after a restart, or
/// comes from another program that writes into the same log.
///
/// It looks at the steps of one key of one writer. What decides is whether a step had been skipped or given: threads,
/// bursts and second writers rise through old steps just as a restart does. A step that had been given opens a run,
/// which the next steps decide. Deciding takes a few rows, and every row counts until then.
struct LeadOrder: Sendable {
  /// A value of the key.
  struct Row: Sendable, Equatable {
    var step: Int
    /// Number of its record in the source.
    var record: Int
    /// Line of its file, from 1.
    var line: Int
    /// Tells which keys the record has.
    var keys: Int
  }

  /// What was decided.
  enum Decision: Sendable, Equatable {
    /// Rows from `first` on, in the order of the file, are a new branch that begins at `toStep`.
    case restart(toStep: Int, fromStep: Int, first: Row)
    /// Another program writes the same key into the log and is behind the first one.
    case twoWriters(Row)
  }

  /// Steps of the present branch.
  private(set) var steps = StepRuns()
  /// Rows below the last step that are not decided, in the order of the file.
  private var run: [Row] = []
  /// One of the run repeats a step, or lies between steps that follow each other.
  private var hasRepeat = false
  /// A row above the last step behind a run of one row: the next row decides.
  private var ahead: Row?
  /// Second values at the last step.
  private var secondValues = 0
  /// Kinds of rows that came in order.
  private var kinds: Set<Int> = []
  private var lastKind: Int?
  /// Rows in a row that turned out to come between those of the branch, each above the one before.
  private var intruders = (count: 0, last: Int.min)
  /// The step that would go on with the branch that the last restart left: whoever gives it has not restarted.
  private var leftBehind: Int?
  /// The step that the last restart went back to.
  private var restartStep = Int.min
  /// The last step of a second writer, once it is known.
  private var secondWriter: Int?

  /// As many rows decide a run.
  private static let decisiveRows = 3
  /// Where two write, the second one may come in bursts.
  private static let decisiveRowsOfTwo = 6
  private static let decisiveHoles = 8
  private static let decisiveIntruders = 3
  private static let mostKinds = 64
  /// A second writer leaves out a few steps at most.
  private static let nearGaps = 4.0

  init() {}

  /// Begins with a step that was given before anybody looked.
  init(startingAt step: Int) { steps.append(step) }

  /// The highest step of the branch and the lowest one of the rows that may be a restart; `nil` where all is decided.
  var undecided: (fromStep: Int, toStep: Int)? {
    guard hasRepeat, let from = steps.last, let to = run.lazy.map(\.step).min() else { return nil }
    return (from, to)
  }

  /// Number of the first record that is not decided; `nil` where all is.
  var firstUndecided: Int? { run.first?.record }

  /// True where the row goes on with the branch; nothing else is needed then.
  @inline(__always)
  mutating func goesOn(_ row: Row) -> Bool {
    guard run.isEmpty, row.step != leftBehind else { return false }
    if let last = steps.last, row.step <= last {
      guard row.step == last else { return false }
      secondValues += 1
      return true
    }
    steps.append(row.step)
    if row.keys != lastKind { note(row.keys) }
    return true
  }

  private mutating func note(_ kind: Int) {
    lastKind = kind
    if kinds.count < Self.mostKinds { kinds.insert(kind) }
  }

  /// Takes in a row and adds what it decides.
  mutating func add(_ row: Row, to decisions: inout [Decision]) {
    if goesOn(row) { return }
    guard let last = steps.last else { return }
    if row.step == leftBehind, run.isEmpty, row.step > last {
      leftBehind = nil
      if !isNext(row.step, after: last), isSoonAfterRestart(last) {
        noteSecondWriter(at: last, row, &decisions)
      }
      add(row, to: &decisions)
    } else if let ahead {
      decide(ahead, with: row, last, &decisions)
      add(row, to: &decisions)
    } else if row.step < last {
      addBelow(row, &decisions)
    } else if row.step == last {
      addAgain(row, &decisions)
    } else {
      addAbove(row, last, &decisions)
    }
  }

  /// Decides what is left where no more rows come.
  mutating func end(_ decisions: inout [Decision]) {
    guard let last = steps.last, !run.isEmpty else { return }
    if let ahead {
      if isNext(ahead.step, after: last) { intrude(&decisions) } else { restart(&decisions) }
      take(ahead)
    } else if hasRepeat {
      restart(&decisions)
    } else {
      settle()
    }
  }

  /// The run begins anew at a step, whatever comes.
  mutating func restart(at step: Int) {
    settle()
    begin(at: step)
  }

  // MARK: - Rows

  /// A row of the last step while a run is open.
  private mutating func addAgain(_ row: Row, _ decisions: inout [Decision]) {
    if !hasRepeat {
      settle()
      secondValues += 1
    } else if secondValues * 4 >= steps.count {
      // Several rows a step are usual here.
      intrude(&decisions)
      secondValues += 1
    } else {
      join(row, isRepeat: true, &decisions)
    }
  }

  private mutating func addBelow(_ row: Row, _ decisions: inout [Decision]) {
    let isHole = steps.hasHole(at: row.step)
    if run.isEmpty, isOfSecondWriter(row.step) {
      secondWriter = max(row.step, secondWriter ?? row.step)
      if isHole { steps.insert(row.step) }
      return
    }
    join(row, isRepeat: !isHole, &decisions)
  }

  /// True where the branch has come a few steps only since it began anew.
  private func isSoonAfterRestart(_ last: Int) -> Bool {
    distance(restartStep, last) <= Self.nearGaps * Double(steps.usualGap)
  }

  /// True where a step is one of the next ones of the second writer.
  private func isOfSecondWriter(_ step: Int) -> Bool {
    guard let second = secondWriter else { return false }
    return distance(second, step).magnitude <= Self.nearGaps * Double(steps.usualGap)
  }

  /// A row that goes on above the branch while a run is open.
  private mutating func addAbove(_ row: Row, _ last: Int, _ decisions: inout [Decision]) {
    guard hasRepeat else {
      settle()
      return add(row, to: &decisions)
    }
    guard run.count > 1 else {
      if distance(run[0].step, row.step) <= Double(steps.usualGap), !isNext(row.step, after: last) {
        restart(&decisions)
        add(row, to: &decisions)
      } else {
        ahead = row
      }
      return
    }
    let ownSteps = run.map(\.step).sorted()
    let spread = distance(ownSteps[0], ownSteps[ownSteps.count - 1])
    let continues = distance(ownSteps[ownSteps.count - 1], row.step) <= 1.5 * spread / Double(run.count - 1)
    if !continues, isNext(row.step, after: last) { intrude(&decisions) } else { restart(&decisions) }
    add(row, to: &decisions)
  }

  /// A run of one row, a row above the branch, and the next one.
  private mutating func decide(_ above: Row, with row: Row, _ last: Int, _ decisions: inout [Decision]) {
    let stride = distance(run[0].step, above.step)
    if distance(above.step, row.step) == stride, stride != distance(last, above.step) {
      restart(&decisions)
    } else {
      intrude(&decisions)
    }
    take(above)
  }

  private mutating func take(_ above: Row) {
    ahead = nil
    steps.insert(above.step)
    note(above.keys)
  }

  private mutating func join(_ row: Row, isRepeat: Bool, _ decisions: inout [Decision]) {
    if hasRepeat, isSecondRestart(row.step) {
      restart(&decisions)
      return add(row, to: &decisions)
    }
    if !hasRepeat, isRepeat, !run.isEmpty, run.allSatisfy({ row.step < $0.step }) { settle() }
    run.append(row)
    if isRepeat { hasRepeat = true }
    let decisive =
      !hasRepeat ? Self.decisiveHoles : secondWriter == nil ? Self.decisiveRows : Self.decisiveRowsOfTwo
    if run.count >= decisive { restart(&decisions) }
  }

  /// True for a step that a run which repeats steps has, or is far above.
  private func isSecondRestart(_ step: Int) -> Bool {
    let far = 4 * Double(steps.usualGap)
    return run.contains { $0.step == step || distance(step, $0.step) > far }
  }

  private func isNext(_ step: Int, after last: Int) -> Bool {
    distance(last, step) == Double(steps.usualGap)
  }

  /// In float64, where steps at both ends of the integers have a distance.
  private func distance(_ low: Int, _ high: Int) -> Double { Double(high) - Double(low) }

  // MARK: - Ends of a run

  /// The run came late: nothing moves.
  private mutating func settle() {
    for row in run { insertHole(row.step) }
    if let ahead { take(ahead) }
    closeRun()
  }

  private mutating func insertHole(_ step: Int) {
    if steps.hasHole(at: step) { steps.insert(step) }
  }

  private mutating func closeRun() {
    run = []
    hasRepeat = false
    ahead = nil
  }

  /// The run came between the rows of the branch: late, or from somebody else.
  private mutating func intrude(_ decisions: inout [Decision]) {
    for row in run {
      insertHole(row.step)
      let isBeyond = row.step > intruders.last && kinds.contains(row.keys)
      intruders = (isBeyond ? intruders.count + 1 : 1, row.step)
      if intruders.count >= Self.decisiveIntruders { noteSecondWriter(at: row.step, row, &decisions) }
    }
    closeRun()
  }

  private mutating func noteSecondWriter(at step: Int, _ row: Row, _ decisions: inout [Decision]) {
    if secondWriter == nil { decisions.append(.twoWriters(row)) }
    secondWriter = step
  }

  private mutating func restart(_ decisions: inout [Decision]) {
    guard let first = run.first, let from = steps.last, let to = run.lazy.map(\.step).min() else { return }
    decisions.append(.restart(toStep: to, fromStep: from, first: first))
    let (rows, above) = (run, ahead)
    let (next, overflows) = from.addingReportingOverflow(steps.usualGap)
    begin(at: to)
    restartStep = to
    leftBehind = overflows ? nil : next
    for step in Set(rows.map(\.step)).sorted() { steps.append(step) }
    ahead = above
  }

  private mutating func begin(at step: Int) {
    steps.truncate(from: step)
    secondValues = 0
    intruders = (0, .min)
    leftBehind = nil
    // A second writer begins anew too.
    if let second = secondWriter, second >= step { secondWriter = step > .min ? step - 1 : step }
    closeRun()
  }
}
