/// The points of a curve that fall into one column of a chart.
package struct CurveColumn: Sendable, Hashable {
  /// Column of the chart, from 0.
  package var column: Int
  package var extent: Extent
  /// First and last value in the column, non-finite ones included.
  package var first: Double
  package var last: Double
  /// Number of points.
  package var points: Int
  /// Debiased moving average at the last point; `nil` without smoothing or before any finite value.
  package var smoothed: Double?

  package init(column: Int, extent: Extent, first: Double, last: Double, points: Int, smoothed: Double?) {
    self.column = column
    self.extent = extent
    self.first = first
    self.last = last
    self.points = points
    self.smoothed = smoothed
  }
}

/// Which steps a chart shows, and in how many columns.
package struct CurveWindow: Sendable, Hashable {
  package var firstStep: Int
  package var lastStep: Int
  package var columns: Int

  package init(firstStep: Int, lastStep: Int, columns: Int) {
    self.firstStep = firstStep
    self.lastStep = max(firstStep, lastStep)
    self.columns = max(1, columns)
  }

  /// Column in whose middle a step lies; −1 and `columns` stand for the left and the right of the chart.
  package func column(ofStep step: Int) -> Int {
    if step < firstStep { return -1 }
    if step > lastStep { return columns }
    guard Double(lastStep) > Double(firstStep) else { return 0 }
    // In float64, where steps at both ends of the integers have a distance.
    let share = (Double(step) - Double(firstStep)) / (Double(lastStep) - Double(firstStep))
    return Int(share * Double(columns - 1) + 0.5)
  }
}

extension SeriesBranch {
  /// The branch as a chart shows it: the cost depends on the columns, not on the points.
  ///
  /// - Parameter smoothing: weight of the past in the moving average, 0 (none) … below 1.
  package func columns(_ window: CurveWindow, smoothing: Double, rows: RowTable) -> [CurveColumn] {
    let end = upperBound(step: window.lastStep, rows: rows)
    var start = lowerBound(step: window.firstStep, rows: rows)
    var average = MovingAverage(weight: smoothing)
    var averaged = average.begin(before: start)
    var result: [CurveColumn] = []
    var width = 1
    while start < end {
      let column = window.column(ofStep: step(start, rows: rows))
      // Steps mostly come at even distances: the next column begins as far from here as this one from the last.
      let stop = (start..<end).firstIndex(near: start + width) {
        window.column(ofStep: step($0, rows: rows)) > column
      }
      width = stop - start
      averaged = average.advance(through: stop, from: averaged, in: self)
      result.append(
        CurveColumn(
          column: column, extent: extent(of: start..<stop), first: value(start), last: value(stop - 1),
          points: stop - start, smoothed: average.value))
      start = stop
    }
    return result
  }
}
