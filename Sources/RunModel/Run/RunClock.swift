internal import Curves

/// Times of a run, as its own log tells them.
extension RunModel {
  /// Seconds since 1970 of the last record at or before `step` that has a time.
  package func time(at step: Int) -> Double? {
    guard let branch = clockBranch else { return nil }
    return timedPoint(of: branch, before: branch.upperBound(step: step, rows: rows))
      .map { rows.time(branch.row($0)) }
  }

  /// True where the log tells when its records were written.
  package var hasTimes: Bool { rows.hasTimes }

  /// The last step that had been reached at a time, seconds since 1970; `nil` before the first one, and where the log has
  /// no times.
  package func lastStep(atTime time: Double) -> Int? {
    guard hasTimes, let branch = clockBranch else { return nil }
    let end = (0..<branch.count).firstIndex(fromWhich: { rows.time(branch.row($0)) > time })
    return end > 0 ? branch.step(end - 1, rows: rows) : nil
  }

  /// Seconds from the run's first record with a time to the last one at or before `step`; `nil` where the log has no
  /// times.
  package func elapsed(at step: Int) -> Double? {
    guard let branch = clockBranch, let now = time(at: step) else { return nil }
    let first = (0..<branch.count).lazy.map { rows.time(branch.row($0)) }.first(where: \.isFinite)
    return first.map { max(0, now - $0) }
  }

  /// Steps per second over the last points before `step`; `nil` where the log has no times or stands still.
  package func stepsPerSecond(at step: Int) -> Double? {
    guard let branch = clockBranch,
      let end = timedPoint(of: branch, before: branch.upperBound(step: step, rows: rows))
    else { return nil }
    let last = branch.row(end)
    // A pause between two processes is no speed.
    let began = restarts.last { $0.rowsBefore <= last }?.rowsBefore ?? 0
    let points = (max(0, end + 1 - Self.ratePoints)...end).lazy.map { branch.row($0) }
    guard let first = points.first(where: { $0 >= began && rows.time($0).isFinite }) else { return nil }
    let seconds = rows.time(last) - rows.time(first)
    // In float64, where steps at both ends of the integers have a distance.
    let steps = Double(rows.step(last)) - Double(rows.step(first))
    return seconds > 0 && steps > 0 ? steps / seconds : nil
  }

  /// Index of the last point before `end` whose record has a time.
  private func timedPoint(of branch: SeriesBranch, before end: Int) -> Int? {
    guard rows.hasTimes else { return nil }
    return (0..<end).last { rows.time(branch.row($0)).isFinite }
  }

  /// Points that the present speed is taken over.
  private static let ratePoints = 32

  /// The series with the most points: a training metric, so its rows are the run's clock. Not every source has times.
  private var clockBranch: SeriesBranch? {
    series.max { (hasTime($0), $0.count) < (hasTime($1), $1.count) }?.current
  }

  private func hasTime(_ series: Series) -> Int {
    guard table.hasSeveralSources, series.count > 0 else { return 0 }
    return rows.time(series.current.row(series.count - 1)).isFinite ? 1 : 0
  }
}

extension Double {
  /// Itself, or `nil` where it is not finite.
  package var finite: Double? { isFinite ? self : nil }
}
