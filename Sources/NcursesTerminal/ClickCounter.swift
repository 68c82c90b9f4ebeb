import CellCanvas

/// Tells the second press of a double click from a single one.
struct ClickCounter {
  /// The usual time between the two presses, in seconds.
  static let interval = 0.4
  private var last: (x: Int, y: Int, button: Int, time: Double)?

  /// - Parameter time: seconds of a clock that never goes back.
  mutating func press(x: Int, y: Int, button: Int, time: Double) -> MouseEvent.Kind {
    if let previous = last, previous.x == x, previous.y == y, previous.button == button,
      time - previous.time <= ClickCounter.interval
    {
      last = nil
      return .doubleClick
    }
    last = (x, y, button, time)
    return .press
  }
}
