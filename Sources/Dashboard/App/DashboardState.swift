package import RunAnalysis
package import RunFeed
package import RunModel

/// Everything the screen is made from: the runs, and what the user has chosen to see of them.
///
/// One property for each page, for each thing that lies over the pages, and for what is said to the main loop.
package struct DashboardState: Sendable {
  package internal(set) var runs: RunList
  /// `nil` for live runs.
  package var replay: ReplayPlayer? {
    didSet { if replay?.step != oldValue?.step { lookBack() } }
  }
  package var page = Page.overview
  package var overview = OverviewState()
  package var help = HelpState()
  package var charts = ChartSettings()
  package var metrics = MetricsBrowser()
  package var sample = SampleSelection()
  package var samples = SamplesState()
  package var forgetting = ForgettingSelection()
  var console = ConsoleState()
  /// What the page of runs shows of them.
  var runsTable = RunsTableState()
  /// What the user is typing; takes every key while it is there.
  package var prompt: Prompt?
  package var keys: KeyTable
  /// What the user asked for that the main loop has not done yet, in order.
  var requests: [ScreenRequest] = []
  package internal(set) var notice: Notice?
  package private(set) var wantsToQuit = false

  init(run: AnalysedRun, replay: ReplayPlayer?, keys: KeyTable) {
    runs = RunList(run)
    self.replay = replay
    self.keys = keys
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
  package mutating func receive(_ measured: ComparedBatch, ofRun index: Int = 0, now: Double) {
    runs[index]?.receive(measured, now: now)
    lookBack()
  }

  /// Takes in what became of a file of logits of the run at `index`.
  package mutating func receive(_ news: LogitsFileNews, ofRun index: Int = 0) {
    runs[index]?.receive(news)
    lookBack()
  }

  /// Takes in what lies beside the logs of the run at `index`.
  package mutating func receive(_ folder: RunFolderNews, ofRun index: Int = 0) {
    runs[index]?.receive(folder)
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

  package mutating func quit() { wantsToQuit = true }

  /// Lets every view of a replay show the run as it was at the replay's step.
  private mutating func lookBack() { if isReplay { runs.lookBack(to: step) } }
}

/// What the overview shows.
package struct OverviewState: Sendable, Hashable {
  package var focus = Panel.loss
  /// The panel in focus has the whole page.
  package var isMaximised = false
  /// First line shown of the focused panel's list.
  package var scroll = 0
}

/// What lies over every page.
package struct HelpState: Sendable, Hashable {
  package var isShown = false
  /// First line shown.
  package var scroll = 0
  /// What was taken for granted about the terminal or the locale, each in one line.
  package var assumptions: [String] = []
}

/// What the user asks for that only the main loop can do.
package enum ScreenRequest: Sendable, Hashable {
  /// Put the frame into the clipboard, as text.
  case copyFrame
  /// Write the frame into a file, as a picture.
  case saveFrame
}

/// One line that is shown for a while where the hints are.
package struct Notice: Sendable, Hashable {
  package var text: String
  /// When it goes, seconds since 1970.
  package var end: Double

  /// Seconds to read a line.
  static let duration = 6.0
}

extension DashboardState {
  /// Takes over what the user asked for since the last time.
  package mutating func takeRequests() -> [ScreenRequest] {
    defer { requests = [] }
    return requests
  }

  /// Shows a line for a while.
  package mutating func tell(_ text: String, now: Double) {
    notice = Notice(text: text, end: now + Notice.duration)
  }
}

/// What the console page shows.
struct ConsoleState: Sendable, Hashable {
  /// Lines between the last one shown and the end.
  var back = 0
}
