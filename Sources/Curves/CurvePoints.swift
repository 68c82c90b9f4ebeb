/// The points of one curve: a branch of a series and the rows it belongs to.
///
/// What is asked of it costs some searches in its index, not a look at every point.
package struct CurvePoints: Sendable {
  package let branch: SeriesBranch
  package let rows: RowTable

  package init(_ branch: SeriesBranch = SeriesBranch(), rows: RowTable = RowTable()) {
    self.branch = branch
    self.rows = rows
  }

  /// The curve in a chart; see `SeriesBranch.columns`.
  package func columns(_ window: CurveWindow, smoothing: Double = 0, middlesFrom: Int = .max) -> [CurveColumn]
  {
    branch.columns(window, smoothing: smoothing, rows: rows, middlesFrom: middlesFrom)
  }

  /// The value at the last point at or before `step`.
  package func value(at step: Int) -> Double? {
    let end = branch.upperBound(step: step, rows: rows)
    return end > 0 ? branch.value(end - 1) : nil
  }

  /// Number of points in sight.
  package func count(in window: CurveWindow) -> Int { branch.indices(in: window, rows: rows).count }

  /// Extent of the points in sight.
  package func extent(in window: CurveWindow) -> Extent {
    branch.extent(of: branch.indices(in: window, rows: rows))
  }

  /// Finite values of the points in sight, evenly spread, about `count` where there are more.
  package func sample(in window: CurveWindow, count: Int) -> [Double] {
    let points = branch.indices(in: window, rows: rows)
    return stride(from: points.lowerBound, to: points.upperBound, by: max(1, points.count / max(1, count)))
      .map { branch.value($0) }.filter(\.isFinite)
  }

  /// Number of finite values at or below zero in sight; no more than `limit` are counted.
  package func nonpositiveCount(in window: CurveWindow, atMost limit: Int) -> Int {
    var count = 0
    countNonpositive(branch.indices(in: window, rows: rows), atMost: limit, in: &count)
    return count
  }

  /// Halves the range where it is mixed.
  private func countNonpositive(_ points: Range<Int>, atMost limit: Int, in count: inout Int) {
    guard count < limit, !points.isEmpty else { return }
    let extent = branch.extent(of: points)
    guard extent.hasFinite, extent.minimum <= 0 else { return }
    if extent.maximum <= 0, extent.nonfinite.isEmpty {
      count = min(limit, count + points.count)
    } else if points.count > 1 {
      let middle = points.lowerBound + points.count / 2
      countNonpositive(points.lowerBound..<middle, atMost: limit, in: &count)
      countNonpositive(middle..<points.upperBound, atMost: limit, in: &count)
    }
  }

  /// The step of the first point in sight with the smallest or largest finite value; `nil` where there is none.
  package func step(of end: ExtentEnd, in window: CurveWindow) -> Int? {
    branch.firstPlace(of: end, in: branch.indices(in: window, rows: rows)).map { branch.step($0, rows: rows) }
  }

  /// The first point at or before `step` that reaches an end of all of them.
  package func first(reaching end: ExtentEnd, through step: Int) -> (value: Double, step: Int)? {
    let range = 0..<branch.upperBound(step: step, rows: rows)
    return branch.firstPlace(of: end, in: range).map { (branch.value($0), branch.step($0, rows: rows)) }
  }
}
