package import RunModel

/// Every run that is watched, and which of them the screen looks at; never empty.
package struct RunList: Sendable {
  package private(set) var runs: [WatchedRun]
  /// Index of the run that headers, panels and samples are about.
  package private(set) var selected = 0

  package init(_ first: RunModel) { runs = [WatchedRun(run: first)] }

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
  package mutating func add(_ run: RunModel) -> Int {
    runs.append(WatchedRun(run: run))
    return runs.count - 1
  }

  /// Looks at another run; an index without a run changes nothing.
  package mutating func select(_ index: Int) {
    if runs.indices.contains(index) { selected = index }
  }

  mutating func tick(now: Double, isReplay: Bool) {
    for index in runs.indices { runs[index].tick(now: now, isReplay: isReplay) }
  }

  /// Shows every run as it was at `step`; `nil` shows them as they are.
  mutating func lookBack(to step: Int?) {
    for index in runs.indices { runs[index].lookBack(to: step) }
  }

  mutating func freeze(_ freezes: Bool) {
    for index in runs.indices { runs[index].freeze(freezes) }
  }
}
