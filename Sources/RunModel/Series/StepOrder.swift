internal import RunLog

/// Finds restarts on the thread that reads, by the rule that the run itself follows: a record whose step is lower than
/// the last one of one of its own keys, of the same phase.
struct StepOrder: Sendable {
  /// Last step of each interned key, for each phase; `Int.min` before there is one.
  private var lastSteps = Array(repeating: ContiguousArray<Int>(), count: Phase.allCases.count)

  /// Takes in a record; true where it goes back.
  mutating func goesBack(_ record: Record, of batch: RecordBatch) -> Bool {
    let phase = Int(record.phase.rawValue)
    var goesBack = false
    for number in record.numbers {
      let key = Int(batch.numberKeys[number])
      while lastSteps[phase].count <= key { lastSteps[phase].append(.min) }
      if record.step < lastSteps[phase][key] { goesBack = true }
      lastSteps[phase][key] = record.step
    }
    if goesBack { restart(at: record.step) }
    return goesBack
  }

  /// From `step` on everything comes again.
  mutating func restart(at step: Int) {
    for phase in lastSteps.indices {
      for key in lastSteps[phase].indices { lastSteps[phase][key] = min(lastSteps[phase][key], step) }
    }
  }
}
