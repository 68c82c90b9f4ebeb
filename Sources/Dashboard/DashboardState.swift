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
  /// First line shown of the help.
  package var helpScroll = 0
  package private(set) var wantsToQuit = false
  /// When something last came from the source, seconds since 1970.
  package private(set) var lastArrival: Double?

  /// True once all that was there has been read: what comes now is new.
  private var hasCaughtUp = false

  /// What a paused screen shows; reading goes on behind it.
  private var frozen: RunModel?
  /// The run as the curves show it: a few times a second is enough, and keeps a slow connection free.
  private var charted: RunModel
  private var isChartStale = false
  private var chartedAt = -Double.infinity
  /// Last step of the charts of a live run; `nil` where that is the last step there is.
  package private(set) var chartEnd: Int?

  /// Seconds between two drawings of the curves.
  private static let chartInterval = 0.25
  /// Seconds that the axis of a live run reaches ahead.
  private static let chartLookahead = 15.0

  package init(run: RunModel, replay: ReplayPlayer? = nil) {
    self.run = run
    charted = run
    self.replay = replay
    lastArrival = run.lastStep.flatMap { run.time(at: $0) }
  }

  /// The run as the screen shows it.
  package var shown: RunModel { frozen ?? run }

  /// The run as the curves show it: at most a moment behind `shown`.
  package var shownInCharts: RunModel { frozen ?? charted }

  package var isPaused: Bool { frozen != nil }
  package var isReplay: Bool { replay != nil }

  /// The step the screen shows: where the replay stands, else the last one.
  package var step: Int {
    let steps = steps
    return replay.map { min(max($0.step, steps.lowerBound), steps.upperBound) } ?? shown.lastStep ?? 0
  }

  /// All steps of the run.
  package var steps: ClosedRange<Int> { shown.steps }
}

extension DashboardState {
  /// Takes in records that were read.
  package mutating func receive(_ measured: MeasuredBatch, now: Double) {
    if measured.hasRecords {
      // What was there before the dashboard came is as old as its own clock says.
      lastArrival = hasCaughtUp ? now : min(measured.lastTime ?? now, now)
    }
    run.apply(measured)
    if !run.isLoading { hasCaughtUp = true }
    isChartStale = true
  }

  /// Takes in what became of a file of logits.
  package mutating func receive(_ news: LogitsFileNews) {
    run.apply(news)
    isChartStale = true
  }

  /// Lets time pass: a replay moves on, curves catch up with the run.
  package mutating func tick(now: Double) {
    if isChartStale, now - chartedAt >= Self.chartInterval || now < chartedAt {
      charted = run
      isChartStale = false
      chartedAt = now
      moveChartEnd(now: now)
    }
    // A replay waits until the whole run is there: before that it would stop at an end that is none.
    guard !run.isLoading else { return }
    let steps = steps
    replay?.tick(now: now, steps: steps)
  }

  /// When the screen changes by itself next, seconds from now; `nil` when it does not.
  package var nextTick: Double? {
    if isChartStale { return Self.chartInterval }
    if let replay { return replay.isPlaying && !run.isLoading ? 1.0 / 20 : nil }
    return isPaused ? nil : 1
  }

  /// Gives the axis room where a live run has reached its end.
  private mutating func moveChartEnd(now: Double) {
    let steps = charted.steps
    guard isLive(now: now) else { return chartEnd = nil }
    if let chartEnd, chartEnd >= steps.upperBound,
      Double(chartEnd) - Double(steps.upperBound) <= steps.span + 1
    {
      return
    }
    let rate = charted.stepsPerSecond(at: steps.upperBound) ?? 0
    chartEnd = StepWindow.roundEnd(after: steps, expected: min(rate * Self.chartLookahead, 1e9))
  }

  /// True while records keep coming.
  package func isLive(now: Double) -> Bool {
    guard !isReplay, run.activity != .ended, let lastArrival else { return false }
    return now - lastArrival <= silenceLimit
  }

  /// A run that is silent for this long, in seconds, has probably stopped: ten times its usual gap, half a minute at
  /// least.
  private var silenceLimit: Double {
    let gap = run.stepsPerSecond(at: run.lastStep ?? 0).map { 1 / $0 } ?? 0
    return max(30, 10 * gap)
  }

  package mutating func quit() { wantsToQuit = true }

  mutating func togglePause() { frozen = frozen == nil ? run : nil }
}

extension RunModel {
  /// True while there is more to read right now.
  var isLoading: Bool {
    if case .loading = activity { true } else { false }
  }
}
