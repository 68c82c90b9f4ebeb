package import RunModel

/// Everything the screen is made from: a run, and what the user has chosen to see of it.
package struct DashboardState: Sendable {
  /// The run as it is now; grows while the screen may be frozen.
  package private(set) var run: RunModel
  /// `nil` for a live run.
  package var replay: ReplayPlayer?
  package var focus = Panel.loss
  package var isMaximised = false
  package var isHelpShown = false
  package var charts = ChartSettings()
  package var sample = SampleSelection()
  /// First line shown of the focused panel's list.
  package var scroll = 0
  package private(set) var wantsToQuit = false
  /// When something last came from the source, seconds since 1970.
  package private(set) var lastArrival: Double?

  /// What a paused screen shows; reading goes on behind it.
  private var frozen: RunModel?

  package init(run: RunModel, replay: ReplayPlayer? = nil) {
    self.run = run
    self.replay = replay
    lastArrival = run.lastStep.flatMap { run.time(at: $0) }
  }

  /// The run as the screen shows it.
  package var shown: RunModel { frozen ?? run }

  package var isPaused: Bool { frozen != nil }
  package var isReplay: Bool { replay != nil }

  /// The step the screen shows: where the replay stands, else the last one.
  package var step: Int { replay?.step ?? shown.lastStep ?? 0 }

  /// All steps of the run.
  package var steps: ClosedRange<Int> {
    let first = shown.firstStep ?? 0
    return first...max(first, shown.lastStep ?? first)
  }
}

extension DashboardState {
  /// Takes in records that were read.
  package mutating func receive(_ measured: MeasuredBatch, now: Double) {
    if measured.hasRecords {
      // What was there before the dashboard came is as old as its own clock says.
      lastArrival = run.rows.count == 0 ? measured.lastTime ?? now : now
    }
    run.apply(measured)
  }

  /// Lets time pass: a replay moves on.
  package mutating func tick(now: Double) {
    let steps = steps
    replay?.tick(now: now, steps: steps)
  }

  /// When the screen changes by itself next, seconds from now; `nil` when it does not.
  package var nextTick: Double? {
    if let replay { return replay.isPlaying ? 1.0 / 30 : nil }
    return isPaused ? nil : 1
  }

  package mutating func quit() { wantsToQuit = true }

  mutating func togglePause() { frozen = frozen == nil ? run : nil }
}
