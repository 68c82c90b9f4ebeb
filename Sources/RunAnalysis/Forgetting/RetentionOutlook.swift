internal import RunModel

extension RetentionStanding {
  /// True where an accuracy or a score is so much lower than at the start that a screen may not call the run fine, proven
  /// or not: 5 points, or 5 % of what is no share; never of the new task, nor of a loss, which tells less.
  package var isClearlyLower: Bool {
    guard metric.setKind != .new, metric.kind.isHigherBetter, isWorse else { return false }
    if metric.kind == .accuracy, isFraction { return abs(change) >= 0.05 - Self.rounding }
    return relativeChange.map { abs($0) >= 0.05 } ?? true
  }

  /// What float64 leaves of a difference of two shares.
  private static let rounding = 1e-9
}

/// What a screen says of a run's retention beside its findings: it is asked for each frame, and made anew only where an
/// evaluation, a checkpoint or a budget is new.
package struct RetentionOutlook: Sendable {
  /// What it was made of.
  private struct Basis: Sendable, Hashable {
    var courses: [MetricCourse]
    /// Files of rows, from which evaluations follow.
    var filesDone: Int
    var checkpoints: [SavedCheckpoint]
    var budgets: [Budget]
  }

  /// Which checkpoint to keep; `nil` without evaluations of both a new task and a retention set.
  package private(set) var advice: CheckpointAdvice?
  /// Keys of metrics that are clearly lower than at the start.
  package private(set) var lower: [String] = []
  private var basis: Basis?

  init() {}

  /// - Parameter metrics: the run's retention metrics.
  mutating func update(of run: RunModel, _ metrics: [RetentionMetric], budgets: [Budget]) {
    let basis = Basis(
      courses: metrics.map { MetricCourse($0, of: run) }, filesDone: run.logitsFiles.done,
      checkpoints: run.checkpoints, budgets: budgets)
    guard basis != self.basis else { return }
    self.basis = basis
    advice = CheckpointAdvice(run, budgets: budgets)
    lower = metrics.lazy.compactMap { run.standing(of: $0) }.filter(\.isClearlyLower).map(\.metric.name)
  }
}
