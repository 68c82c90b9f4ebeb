internal import Curves
internal import RunAnalysis
internal import RunFeed
internal import RunModel

/// Time: what passes by itself, and where a replay goes.
extension DashboardState {
  /// Lets time pass: a replay moves on, curves catch up with their runs.
  package mutating func tick(now: Double) {
    runs.tick(now: now, isReplay: isReplay)
    if let end = notice?.end, now >= end { notice = nil }
    openRequestedSample()
    // A replay waits until the whole run is there: before that it would stop at an end that is none.
    guard isReplay, !run.isLoading else { return }
    let (steps, run) = (steps, run)
    replay?.tick(now: now, steps: steps, run: run)
  }

  /// When the screen changes by itself next, seconds from now; `nil` when it does not.
  package var nextTick: Double? {
    if let pause = runs.pauseBeforeCurves { return pause }
    if let replay { return replay.isPlaying && !run.isLoading ? 1.0 / 20 : notice.map { _ in 1 } }
    return isPaused && notice == nil ? nil : 1
  }

  /// Takes note of how many cells of the screen the last frame has changed.
  package mutating func frameChanged(cells: Int) { runs.frameChanged(cells: cells) }

  mutating func togglePause() { runs.freeze(!isPaused) }

  mutating func seek(to step: Int) {
    let steps = steps
    replay?.seek(to: step, within: steps)
  }

  /// Seeks from where the replay stands.
  mutating func seek(by offset: Int) {
    let (step, overflows) = step.addingReportingOverflow(offset)
    seek(to: overflows ? (offset < 0 ? .min : .max) : step)
  }

  mutating func togglePlaying(now: Double) {
    let steps = steps
    replay?.togglePlaying(now: now, steps: steps)
  }

  /// Goes to the next or the last step, evaluation, finding or restart; where there is none it stays.
  mutating func jump(isForward: Bool) {
    let target: Int? =
      switch replay?.jumpUnit {
      case .evaluation: run.evaluationStep(from: step, isForward: isForward)
      case .finding:
        RunModel.nearest(of: runs.current.live.findings().map(\.step), from: step, isForward: isForward)
      case .restart: RunModel.nearest(of: run.restarts.map(\.toStep), from: step, isForward: isForward)
      case .step, nil:
        step.addingReportingOverflow(isForward ? 1 : -1).overflow ? nil : step + (isForward ? 1 : -1)
      }
    if let target { seek(to: target) }
  }

  /// A tenth of the run.
  var leap: Int { max(1, Int(nearest: (steps.span / 10).rounded(.down))) }
}
