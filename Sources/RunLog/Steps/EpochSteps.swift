/// Joins steps that a trainer counts anew in each epoch.
struct EpochSteps: Sendable {
  private struct Epoch: Sendable {
    var number: Double
    /// What is added to its steps.
    var offset: Int
  }

  /// Epochs whose steps were counted anew, in order.
  private var epochs: [Epoch] = []
  /// The highest epoch, a whole number; `nil` before a row names one.
  private(set) var running: Double?
  /// Evaluations stand at the epoch's number instead of the step.
  private(set) var isStepOfEvaluations = false

  init() {}

  /// What is added to a step now.
  var offset: Int { epochs.last?.offset ?? 0 }

  /// True where steps are not those of the log.
  var isUsed: Bool { !epochs.isEmpty || isStepOfEvaluations }

  /// True where a row stands at the step that the log names.
  @inline(__always)
  func goesOn(_ epoch: Double?) -> Bool {
    guard epochs.isEmpty else { return false }
    guard let epoch else { return true }
    return running.map { epoch < $0 + 1 } ?? false
  }

  /// The step of a row in the run, of which `highest` is the highest step so far.
  ///
  /// - Parameter gap: the usual distance of steps, asked only where an epoch counts anew.
  /// - Returns: the step, and whether counting begins anew here.
  mutating func place(_ step: Int, epoch: Double, highest: Int?, gap: () -> Int) -> (step: Int, isNew: Bool) {
    guard epoch.isFinite else { return (joined(step, offset), false) }
    let whole = epoch.rounded(.down)
    guard let running, whole > running else {
      if self.running == nil { self.running = whole }
      return (placed(step, epoch: epoch), false)
    }
    self.running = whole
    let step = joined(step, offset)
    guard let highest, step <= highest else { return (step, false) }
    let (next, overflows) = highest.addingReportingOverflow(gap())
    let (offset, isTooFar) = next.subtractingReportingOverflow(step)
    guard !overflows, !isTooFar else { return (step, false) }
    epochs.append(Epoch(number: whole, offset: joined(self.offset, offset)))
    return (next, true)
  }

  /// The step of a row of an epoch that may be over.
  func placed(_ step: Int, epoch: Double) -> Int {
    guard !epochs.isEmpty else { return step }
    let own = epochs.last { $0.number <= epoch }
    return joined(step, own?.offset ?? 0)
  }

  /// The step of a row that names no epoch.
  func placed(_ step: Int) -> Int { epochs.isEmpty ? step : joined(step, offset) }

  mutating func noteEvaluations() { isStepOfEvaluations = true }

  private func joined(_ step: Int, _ offset: Int) -> Int {
    let (sum, overflows) = step.addingReportingOverflow(offset)
    return overflows ? step : sum
  }
}
