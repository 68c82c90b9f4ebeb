internal import Curves
package import RunLog

extension RunModel {
  /// How far the training is, of the steps that its trainer plans; `nil` where the log does not say.
  ///
  /// Said by the progress bar in standard output, by `trainer_state.json`, and by LLaMA-Factory's `total_steps` and
  /// `remaining_time`.
  ///
  /// - Parameter step: the step that is shown: at an earlier one than the last nothing is said about the time left.
  package func progress(at step: Int) -> TrainingProgress? {
    guard let last = lastStep else { return nil }
    let isLast = step >= last
    if let statedProgress = course.statedProgress {
      // A state of the last checkpoint does not know what the other logs of the run say.
      let isOutdated = table.hasSeveralSources && last > statedProgress.done && last <= statedProgress.total
      return isLast && !isOutdated
        ? statedProgress : TrainingProgress(done: max(0, min(step, last)), total: statedProgress.total)
    }
    let total = series(named: Self.totalKey)?.lastValue.flatMap { Int(exactly: $0) } ?? description.totalSteps
    guard let total = total ?? course.plannedSteps else { return nil }
    let left = isLast ? texts[Self.timeLeftKey].flatMap { TrainingProgress.seconds($0) } : nil
    return TrainingProgress(done: max(0, min(step, last)), total: total, secondsLeft: left)
  }

  /// Keys of LLaMA-Factory.
  private static let totalKey = "total_steps"
  private static let timeLeftKey = "remaining_time"
}

extension Series {
  /// The value of the last point of the branch that the run is on.
  fileprivate var lastValue: Double? { current.count > 0 ? current.value(current.count - 1) : nil }
}
