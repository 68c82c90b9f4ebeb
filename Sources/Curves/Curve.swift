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
  /// What the points are around; `nil` where nobody asked or no value is finite.
  package var middle: Double?

  package init(
    column: Int, extent: Extent, first: Double, last: Double, points: Int, smoothed: Double?,
    middle: Double? = nil
  ) {
    self.column = column
    self.extent = extent
    self.first = first
    self.last = last
    self.points = points
    self.smoothed = smoothed
    self.middle = middle
  }
}

/// Which steps a chart shows, and in how many columns.
package struct CurveWindow: Sendable, Hashable {
  package var firstStep: Int
  package var lastStep: Int
  package var columns: Int
  /// First step of each column where columns are not equally many steps wide, never decreasing; `nil` where they are.
  package var starts: [Int]?

  package init(firstStep: Int, lastStep: Int, columns: Int, starts: [Int]? = nil) {
    self.firstStep = firstStep
    self.lastStep = max(firstStep, lastStep)
    self.columns = max(1, columns)
    self.starts = starts
  }

  /// Column in whose middle a step lies; −1 and `columns` stand for the left and the right of the chart.
  package func column(ofStep step: Int) -> Int {
    if step < firstStep { return -1 }
    if step > lastStep { return columns }
    if let starts { return max(0, starts.partitionPoint { $0 <= step } - 1) }
    guard Double(lastStep) > Double(firstStep) else { return 0 }
    // In float64, where steps at both ends of the integers have a distance.
    let share = (Double(step) - Double(firstStep)) / (Double(lastStep) - Double(firstStep))
    return Int(share * Double(columns - 1) + 0.5)
  }

  /// A step that lies in a column: the one in its middle, the first one where columns are of different widths.
  package func step(ofColumn column: Int) -> Int {
    let column = min(max(0, column), columns - 1)
    if let starts { return min(max(starts[column], firstStep), lastStep) }
    let share = columns > 1 ? Double(column) / Double(columns - 1) : 0
    let step = Double(firstStep) + share * (Double(lastStep) - Double(firstStep))
    return min(max(Int(exactly: step.rounded()) ?? lastStep, firstStep), lastStep)
  }
}

extension SeriesBranch {
  /// The branch as a chart shows it: the cost depends on the columns, not on the points.
  ///
  /// - Parameters:
  ///   - smoothing: weight of the past in the moving average, 0 (none) … below 1.
  ///   - middlesFrom: where the columns hold at least so many points on average, each has its middle.
  package func columns(
    _ window: CurveWindow, smoothing: Double, rows: RowTable, middlesFrom: Int = .max
  ) -> [CurveColumn] {
    let points = indices(in: window, rows: rows)
    let hasMiddles = points.count / window.columns >= middlesFrom
    let end = points.upperBound
    var start = points.lowerBound
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
          points: stop - start, smoothed: average.value,
          middle: hasMiddles ? middle(of: start..<stop) : nil))
      start = stop
    }
    return result
  }

  /// Indices of the points in sight.
  package func indices(in window: CurveWindow, rows: RowTable) -> Range<Int> {
    let start = lowerBound(step: window.firstStep, rows: rows)
    return start..<max(start, upperBound(step: window.lastStep, rows: rows))
  }
}
