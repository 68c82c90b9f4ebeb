internal import RunModel

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
