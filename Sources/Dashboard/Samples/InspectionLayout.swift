internal import CellCanvas

/// Where the parts of the page of one sample go; arithmetic only.
struct InspectionLayout {
  /// Text, tokens and bars, with their border.
  var sample: CellRect
  /// Charts over the run; empty where there is no room.
  var divergence = CellRect(x: 0, y: 0, columns: 0, rows: 0)
  var target = CellRect(x: 0, y: 0, columns: 0, rows: 0)

  /// Bars and charts stand beside each other from this width on.
  private static let twoColumns = 110
  /// Fewer rows are better given to the bars.
  private static let chartFloor = 16
  private static let leastChart = 6

  /// - Parameter hasTarget: a second chart, of the probability of the right class.
  init(body: CellRect, hasTarget: Bool) {
    guard body.rows >= Self.chartFloor else {
      sample = body
      return
    }
    if body.columns >= Self.twoColumns {
      let side = min(body.columns * 2 / 5, 84)
      sample = CellRect(x: body.x, y: body.y, columns: body.columns - side, rows: body.rows)
      let upper = hasTarget ? (body.rows + 1) / 2 : body.rows
      divergence = CellRect(x: sample.maxX, y: body.y, columns: side, rows: upper)
      if hasTarget {
        target = CellRect(x: sample.maxX, y: body.y + upper, columns: side, rows: body.rows - upper)
      }
      return
    }
    let rows = max(Self.leastChart, body.rows * 3 / 10)
    sample = CellRect(x: body.x, y: body.y, columns: body.columns, rows: body.rows - rows)
    let left = hasTarget && body.columns >= 60 ? body.columns / 2 : body.columns
    divergence = CellRect(x: body.x, y: sample.maxY, columns: left, rows: rows)
    target = CellRect(x: body.x + left, y: sample.maxY, columns: body.columns - left, rows: rows)
  }
}
