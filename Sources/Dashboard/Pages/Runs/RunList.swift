package import RunAnalysis
package import RunFeed

/// Every run that is watched, and which of them the screen looks at; never empty.
package struct RunList: Sendable {
  package private(set) var runs: [WatchedRun]
  /// Index of the run that headers, panels and samples are about.
  package private(set) var selected = 0
  /// Runs that are left out of charts that show several.
  private(set) var hidden: Set<Int> = []
  /// The only run that charts show, whatever is hidden.
  private(set) var solo: Int?
  /// The run that others are compared with.
  private(set) var baseline: Int?
  private var pace = ChartPace()

  package init(_ first: AnalysedRun) { runs = [WatchedRun(run: first)] }

  /// The run that is looked at.
  package var current: WatchedRun {
    get { runs[selected] }
    set { runs[selected] = newValue }
  }

  /// The run at an index; `nil` where there is none.
  package subscript(index: Int) -> WatchedRun? {
    get { runs.indices.contains(index) ? runs[index] : nil }
    set { if let newValue, runs.indices.contains(index) { runs[index] = newValue } }
  }

  /// Adds a run behind the others.
  ///
  /// - Returns: its index, which stays its own.
  @discardableResult
  package mutating func add(_ run: AnalysedRun) -> Int {
    runs.append(WatchedRun(run: run))
    return runs.count - 1
  }

  /// Looks at another run; an index without a run changes nothing.
  package mutating func select(_ index: Int) {
    if runs.indices.contains(index) { selected = index }
  }

  /// Indices of the runs that charts show, in the order of the list.
  package var visible: [Int] { solo.map { [$0] } ?? runs.indices.filter { !hidden.contains($0) } }

  mutating func toggleHidden(_ index: Int) {
    solo = nil
    hidden.formSymmetricDifference([index])
  }

  mutating func toggleSolo(_ index: Int) { solo = solo == index ? nil : index }

  mutating func toggleBaseline(_ index: Int) { baseline = baseline == index ? nil : index }

  /// Lets the curves catch up with their runs.
  mutating func tick(now: Double, isReplay: Bool) {
    let pause = pace.pause
    let changed = runs.indices.reduce(false) {
      runs[$1].tick(now: now, isReplay: isReplay, pause: pause) || $0
    }
    if changed { pace.chartsChanged() }
  }

  /// Seconds until the curves may catch up; `nil` where they show all there is.
  var pauseBeforeCurves: Double? { runs.contains(where: \.isChartStale) ? pace.pause : nil }

  /// Takes note of how many cells of the screen the last frame has changed.
  mutating func frameChanged(cells: Int) { pace.frameChanged(cells: cells) }

  /// Shows every run as it was at `step`; `nil` shows them as they are.
  mutating func lookBack(to step: Int?) {
    for index in runs.indices { runs[index].lookBack(to: step) }
  }

  /// Counts every run against these limits.
  mutating func watch(_ budgets: [Budget]) {
    for index in runs.indices { runs[index].watch(budgets) }
  }

  mutating func freeze(_ freezes: Bool) {
    for index in runs.indices { runs[index].freeze(freezes) }
  }
}

/// How often curves are drawn: seldom enough that a slow connection keeps up with what changes on the screen.
///
/// What is beside the curves, the step and the last values, does not wait for them.
struct ChartPace: Sendable, Hashable {
  /// Seconds between two drawings of the curves.
  private(set) var pause = shortest
  /// True from the moment that curves changed until it is known what that cost.
  private var isMeasuring = false

  /// A quarter of a second looks alive.
  static let shortest = 0.25
  /// A new axis draws most cells anew; after that there is time.
  static let longest = 2.5
  /// Cells that may change in a second: at six to ten bytes a cell some 3 kB, half of what a screen is allowed.
  static let cellsPerSecond = 280.0

  mutating func chartsChanged() { isMeasuring = true }

  /// Takes note of how many cells a frame has changed.
  mutating func frameChanged(cells: Int) {
    guard isMeasuring else { return }
    isMeasuring = false
    pause = min(max(Double(cells) / Self.cellsPerSecond, Self.shortest), Self.longest)
  }
}
