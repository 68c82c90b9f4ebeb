package import RunAnalysis
package import RunFeed
package import RunModel

/// Everything the screen is made from: the runs, and what the user has chosen to see of them.
package struct DashboardState: Sendable {
  package internal(set) var runs: RunList
  /// `nil` for live runs.
  package var replay: ReplayPlayer? {
    didSet { if replay?.step != oldValue?.step { lookBack() } }
  }
  package var page = Page.overview
  package var focus = Panel.loss
  package var isMaximised = false
  package var isHelpShown = false
  package var charts = ChartSettings()
  package var metrics = MetricsBrowser()
  package var sample = SampleSelection()
  /// What the page of runs shows of them.
  var runsTable = RunsTableState()
  package var samples = SamplesState()
  package var forgetting = ForgettingSelection()
  /// First line shown of the focused panel's list.
  package var scroll = 0
  /// Column in which the mouse was pressed over a chart; `nil` where it was not.
  var dragStart: Int?
  /// First line shown of the help.
  package var helpScroll = 0
  /// What was taken for granted about the terminal or the locale, each in one line for the help.
  package var assumptions: [String] = []
  /// What the user is typing; takes every key while it is there.
  package var prompt: Prompt?
  package var keys = KeyTable.standard
  /// What the user asked for that the main loop has not done yet, in order.
  var requests: [ScreenRequest] = []
  package internal(set) var notice: Notice?
  private var chartPace = ChartPace()
  package private(set) var wantsToQuit = false

  package init(run: AnalysedRun, replay: ReplayPlayer? = nil) {
    runs = RunList(run)
    self.replay = replay
    lookBack()
  }

  /// The run that is looked at, as it is now; grows while the screen may be frozen.
  package var run: RunModel { runs.current.run }

  /// The same as the screen shows it.
  package var shown: RunModel { runs.current.shown }

  /// What is concluded from it.
  package var analysis: RunAnalysis { runs.current.onScreen.analysis }

  /// Findings that the screen shows.
  package var findings: [Finding] { runs.current.onScreen.findings(at: isReplay ? step : .max) }

  /// The same as the curves show it: at most a moment behind `shown`.
  package var shownInCharts: RunModel { runs.current.shownInCharts }

  /// When something last came from its source, seconds since 1970.
  package var lastArrival: Double? { runs.current.lastArrival }

  /// Last step of the charts of a live run; `nil` where that is the last step there is.
  package var chartEnd: Int? { runs.current.chartEnd }

  package var isPaused: Bool { runs.current.isFrozen }
  package var isReplay: Bool { replay != nil }

  /// The moment the screen shows: where the replay stands, else the last step.
  package var step: Int {
    let steps = steps
    return replay.map { min(max($0.step, steps.lowerBound), steps.upperBound) } ?? shown.lastStep ?? 0
  }

  /// All steps of the run, those behind a replay's moment too.
  package var steps: ClosedRange<Int> { isReplay ? run.steps : shown.steps }

  /// True while records of the run that is looked at keep coming.
  package func isLive(now: Double) -> Bool { !isReplay && runs.current.isLive(now: now) }
}

extension DashboardState {
  /// Takes in records that were read of the run at `index`.
  package mutating func receive(_ measured: MeasuredBatch, ofRun index: Int = 0, now: Double) {
    runs[index]?.receive(measured, now: now)
    lookBack()
  }

  /// Takes in what became of a file of logits of the run at `index`.
  package mutating func receive(_ news: LogitsFileNews, ofRun index: Int = 0) {
    runs[index]?.receive(news)
    lookBack()
  }

  /// Adds a run behind the others and states its index.
  package mutating func add(_ run: AnalysedRun) -> Int { runs.add(run) }

  /// Looks at another run.
  package mutating func select(run index: Int) {
    // A step of one run says nothing of another.
    if index != runs.selected { (charts.cursor, charts.window) = (nil, nil) }
    runs.select(index)
  }

  /// Lets time pass: a replay moves on, curves catch up with their runs.
  package mutating func tick(now: Double) {
    if runs.tick(now: now, isReplay: isReplay, pause: chartPace.pause) { chartPace.chartsChanged() }
    if let end = notice?.end, now >= end { notice = nil }
    openRequestedSample()
    // A replay waits until the whole run is there: before that it would stop at an end that is none.
    guard !run.isLoading else { return }
    guard isReplay else { return }
    let (steps, run) = (steps, run)
    replay?.tick(now: now, steps: steps, run: run)
  }

  /// When the screen changes by itself next, seconds from now; `nil` when it does not.
  package var nextTick: Double? {
    if runs.runs.contains(where: \.isChartStale) { return chartPace.pause }
    if let replay { return replay.isPlaying && !run.isLoading ? 1.0 / 20 : notice.map { _ in 1 } }
    return isPaused && notice == nil ? nil : 1
  }

  /// Takes note of how many cells of the screen the last frame has changed.
  package mutating func frameChanged(cells: Int) { chartPace.frameChanged(cells: cells) }

  package mutating func quit() { wantsToQuit = true }

  /// Lets every view of a replay show the run as it was at the replay's step.
  private mutating func lookBack() { if isReplay { runs.lookBack(to: step) } }

  mutating func togglePause() { runs.freeze(!isPaused) }
}
