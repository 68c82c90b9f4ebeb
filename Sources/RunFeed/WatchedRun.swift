internal import Curves
package import RunAnalysis
package import RunModel

/// One run as it comes in: what is known of it, and what the screen shows of that.
package struct WatchedRun: Sendable {
  /// The run as it is now; grows while the screen may be frozen.
  package private(set) var live: AnalysedRun
  /// What a paused screen shows; reading goes on behind it.
  private var frozen: AnalysedRun?
  /// What a replay shows; `nil` for a run that is shown as it is.
  private var past: AnalysedRun?
  /// The run as the curves show it: a few times a second is enough, and keeps a slow connection free.
  private var charted: RunModel
  package private(set) var isChartStale = false
  private var chartedAt = -Double.infinity
  /// Last step of the charts of a live run; `nil` where that is the last step there is.
  package private(set) var chartEnd: Int?
  /// When something last came from the source, seconds since 1970.
  package private(set) var lastArrival: Double?
  /// When records came since then.
  private var arrivals = WritingGaps()
  /// True once all that was there has been read: what comes now is new.
  private var hasCaughtUp = false

  /// Seconds that the axis of a live run reaches ahead.
  private static let chartLookahead = 15.0

  package init(run: AnalysedRun) {
    live = run
    charted = run.model
    lastArrival = run.model.lastStep.flatMap { run.model.time(at: $0) }
  }

  /// The run as it is now; grows while the screen may be frozen.
  package var run: RunModel { live.model }

  /// The run as the screen shows it, with what is concluded from that.
  package var onScreen: AnalysedRun { past ?? frozen ?? live }

  package var shown: RunModel { onScreen.model }

  /// The run as the curves show it: at most a moment behind `shown`.
  package var shownInCharts: RunModel { past?.model ?? frozen?.model ?? charted }

  package var isFrozen: Bool { frozen != nil }
}

extension WatchedRun {
  /// Takes in records that were read.
  package mutating func receive(_ measured: ComparedBatch, now: Double) {
    if measured.hasRecords {
      // What was there before the dashboard came is as old as its own clock says.
      lastArrival = hasCaughtUp ? now : min(measured.lastTime ?? now, now)
      if hasCaughtUp { arrivals.note(time: now) }
    }
    live.apply(measured)
    if !run.isLoading { hasCaughtUp = true }
    isChartStale = true
  }

  /// Takes in what became of a file of logits.
  package mutating func receive(_ news: LogitsFileNews) {
    live.apply(news)
    isChartStale = true
  }

  /// Takes in what lies in the run's folder beside its logs.
  package mutating func receive(_ folder: RunFolderNews) {
    live.note(folder)
    isChartStale = true
  }

  /// Counts against these limits from now on, whatever the screen shows.
  package mutating func watch(_ budgets: [Budget]) {
    live.watch(budgets)
    frozen?.watch(budgets)
    past?.watch(budgets)
  }

  /// True once something was written while it was watched.
  package var hasGrown: Bool { arrivals.last != nil }

  /// How the training stands.
  ///
  /// - Parameter stall: seconds of silence from which on it is stalled, where the user says it.
  package func state(now: Double, stall: Double? = nil) -> RunState {
    RunState(of: run, now: now, arrivals: arrivals, stall: stall)
  }

  /// Lets the curves catch up with the run.
  ///
  /// - Parameters:
  ///   - isReplay: a replay's axes end where its run ends.
  ///   - pause: seconds since the curves were last drawn, at least.
  /// - Returns: true where they have changed.
  package mutating func tick(now: Double, isReplay: Bool, pause: Double) -> Bool {
    guard isChartStale, now - chartedAt >= pause || now < chartedAt else { return false }
    charted = run
    isChartStale = false
    chartedAt = now
    moveChartEnd(isLive: !isReplay && isLive(now: now))
    return true
  }

  /// Shows the run as it was at `step`; `nil` shows it as it is.
  package mutating func lookBack(to step: Int?) { past = step.map { live.asOf(step: $0) } }

  package mutating func freeze(_ freezes: Bool) { frozen = freezes ? live : nil }

  /// Gives the axis room where a live run has reached its end.
  private mutating func moveChartEnd(isLive: Bool) {
    let steps = charted.steps
    guard isLive else { return chartEnd = nil }
    if let chartEnd, chartEnd >= steps.upperBound,
      Double(chartEnd) - Double(steps.upperBound) <= 4 * max(steps.span, 10)
    {
      return
    }
    let rate = charted.stepsPerSecond(at: steps.upperBound) ?? 0
    chartEnd = StepWindow.roundEnd(after: steps, expected: min(rate * Self.chartLookahead, 1e9))
  }

  /// True while records keep coming.
  package func isLive(now: Double) -> Bool {
    guard run.activity != .ended, let lastArrival else { return false }
    return now - lastArrival <= silenceLimit
  }

  /// A run that is silent for this long, in seconds, has probably stopped: ten times its usual gap, half a minute at
  /// least.
  private var silenceLimit: Double {
    let gap = run.stepsPerSecond(at: run.lastStep ?? 0).map { 1 / $0 } ?? 0
    return max(30, 10 * gap)
  }
}

extension RunModel {
  /// True while there is more to read right now.
  package var isLoading: Bool {
    if case .loading = activity { true } else { false }
  }
}
