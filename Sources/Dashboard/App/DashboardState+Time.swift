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

/// The crosshair: one step whose values all panels show.
extension DashboardState {
  /// The step of the crosshair, never behind the moment the screen shows; `nil` while there is none.
  package var crosshair: Int? { charts.cursor.map { min(max($0, steps.lowerBound), step) } }

  /// The step whose values the panels show: that of the crosshair, else the moment the screen shows.
  package var viewedStep: Int { crosshair ?? step }

  /// Puts the crosshair on the last step, or takes it away.
  mutating func toggleCrosshair() { charts.cursor = charts.cursor == nil ? step : nil }

  /// Moves the crosshair to the next recorded step or the one before; where there is none, it comes to the last step.
  mutating func moveCrosshair(by direction: Int) {
    guard let crosshair else { return charts.cursor = step }
    let next =
      direction < 0 ? shown.recordedStep(before: crosshair) : shown.recordedStep(after: crosshair)
    charts.cursor = next.map { min($0, step) } ?? (direction > 0 ? step : crosshair)
  }

  /// Moves the crosshair where there is one, else the replay.
  mutating func moveInTime(by direction: Int) {
    if charts.cursor == nil { jump(isForward: direction > 0) } else { moveCrosshair(by: direction) }
  }
}
