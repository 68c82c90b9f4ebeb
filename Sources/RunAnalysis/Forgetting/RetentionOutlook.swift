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

/// What a screen says of a run's retention beside its findings, kept from batch to batch: it is asked for each frame.
package struct RetentionOutlook: Sendable {
  /// Which checkpoint to keep; `nil` without evaluations of both a new task and a retention set.
  package var advice: CheckpointAdvice?
  /// Keys of metrics that are clearly lower than at the start.
  package var lower: [String] = []

  init() {}

  init(_ run: RunModel, budgets: [Budget]) {
    advice = CheckpointAdvice(run, budgets: budgets)
    lower = run.retentionMetrics.lazy.compactMap { run.standing(of: $0) }.filter(\.isClearlyLower).map(
      \.metric.name)
  }
}
