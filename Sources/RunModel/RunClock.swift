/// Times of a run, as its own log tells them.
extension RunModel {
  /// Seconds since 1970 of the last record at or before `step` that has a time.
  package func time(at step: Int) -> Double? {
    guard let branch = clockBranch else { return nil }
    let end = branch.upperBound(step: step, rows: rows)
    return end > 0 ? rows.time(branch.row(end - 1)).finite : nil
  }

  /// Seconds from the run's first record to the one at `step`; `nil` where the log has no times.
  package func elapsed(at step: Int) -> Double? {
    guard let branch = clockBranch, branch.count > 0, let now = time(at: step) else { return nil }
    return rows.time(branch.row(0)).finite.map { max(0, now - $0) }
  }

  /// Steps per second over the last points before `step`; `nil` where the log has no times or stands still.
  package func stepsPerSecond(at step: Int) -> Double? {
    guard let branch = clockBranch else { return nil }
    let end = branch.upperBound(step: step, rows: rows)
    guard end > 1 else { return nil }
    let last = branch.row(end - 1)
    // A pause between two processes is no speed.
    let began = restarts.last { $0.rowsBefore <= last }?.rowsBefore ?? 0
    guard
      let first = (max(0, end - Self.ratePoints)..<end).lazy.map({ branch.row($0) }).first(where: {
        $0 >= began
      })
    else { return nil }
    let seconds = rows.time(last) - rows.time(first)
    // In float64, where steps at both ends of the integers have a distance.
    let steps = Double(rows.step(last)) - Double(rows.step(first))
    return seconds > 0 && steps > 0 ? steps / seconds : nil
  }

  /// Points that the present speed is taken over.
  private static let ratePoints = 32

  /// The series with the most points: a training metric, so its rows are the run's clock.
  private var clockBranch: SeriesBranch? {
    series.max { $0.count < $1.count }?.current
  }
}

extension Double {
  /// Itself, or `nil` where it is not finite.
  package var finite: Double? { isFinite ? self : nil }
}
