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
