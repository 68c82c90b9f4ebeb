internal import CellCanvas
internal import Curves
internal import RunModel

/// Paints curves into a plot: lines, envelopes of columns that hold many points, marks of evaluations, and marks where
/// a value is not finite or beyond the axis.
struct CurvePainter {
  var plot: CellRect
  /// As many columns as the plot has dots.
  var window: CurveWindow
  var range: ClosedRange<Double>
  var scale: AxisScale
  /// Weight of the past in the moving average, 0 for none.
  var smoothing: Double
  var glyphs: GlyphSet

  /// From so many points a column on, the points are a cloud: its outline is faint, its middle strong.
  static let densePoints = 4

  /// A curve in the columns of the plot.
  private struct Drawing {
    var curve: ChartCurve
    var columns: [CurveColumn]

    /// True where the columns hold so many points that their middles say more than the points.
    var isDense: Bool { columns.contains { $0.middle != nil } }
  }

  /// Paints all curves, the first one last: it is what the panel is about.
  func paint(_ curves: [ChartCurve], into grid: inout CellGrid) {
    var raster = PlotRaster(size: plot.size, glyphs: glyphs)
    let drawings = curves.map {
      Drawing(
        curve: $0,
        columns: $0.points.columns(window, smoothing: smoothing, middlesFrom: Self.densePoints))
    }
    for curve in curves {
      for shadow in curve.shadows {
        paintShadow(shadow.columns(window, middlesFrom: Self.densePoints), into: &raster)
      }
      if let band = curve.band {
        trace(edge: band.upper.columns(window).map { ($0.column, $0.extent.maximum) }, into: &raster)
        trace(edge: band.lower.columns(window).map { ($0.column, $0.extent.minimum) }, into: &raster)
      }
    }
    for drawing in drawings.reversed() { paint(drawing, into: &raster) }
    raster.draw(into: &grid, at: plot)
    for drawing in drawings.reversed() {
      if isSparse(drawing) { markPoints(of: drawing, into: &grid) }
      markEnd(of: drawing, into: &grid)
    }
    for drawing in drawings.reversed() {
      markBeyond(drawing, into: &grid)
      markNonfinite(drawing.columns, into: &grid)
    }
  }

  private func paintShadow(_ columns: [CurveColumn], into raster: inout PlotRaster) {
    if columns.contains(where: { $0.middle != nil }) {
      trace(columns.map { ($0.column, $0.middle) }, style: .faint, into: &raster)
    } else {
      trace(columns, style: .faint, into: &raster)
    }
  }

  private func paint(_ drawing: Drawing, into raster: inout PlotRaster) {
    let (columns, style) = (drawing.columns, drawing.curve.style)
    if drawing.isDense {
      paintEnvelope(columns, into: &raster)
      let line = columns.map { ($0.column, smoothing > 0 ? $0.smoothed : $0.middle) }
      trace(line, style: style, into: &raster)
    } else if smoothing > 0 {
      trace(columns, style: .faint, into: &raster)
      trace(columns.map { ($0.column, $0.smoothed) }, style: style, into: &raster)
    } else if isSparse(drawing) {
      trace(dotted: columns, style: style, into: &raster)
    } else {
      trace(columns, style: style, into: &raster)
    }
  }

  /// True for evaluations that are so few that each can have a mark of its own.
  private func isSparse(_ drawing: Drawing) -> Bool {
    drawing.curve.isEvaluation && drawing.columns.count * Self.cellsPerMark <= plot.columns
  }

  private static let cellsPerMark = 4

  // MARK: Lines

  /// All points of each column and the lines between columns.
  private func trace(_ columns: [CurveColumn], style: Style, into raster: inout PlotRaster) {
    var before: (x: Int, y: Int)?
    for column in columns {
      guard let run = run(of: column) else {
        // A value that has no place leaves a gap: nothing is drawn that was not there.
        before = nil
        continue
      }
      if let before, let first = dot(column.first) {
        raster.line(x0: before.x, y0: before.y, x1: column.column, y1: first, style: style)
      }
      raster.verticalRun(x: column.column, y0: run.lowerBound, y1: run.upperBound, style: style)
      before = dot(column.last).map { (column.column, $0) }
    }
  }

  /// A line through one value of each column.
  private func trace(_ values: [(column: Int, value: Double?)], style: Style, into raster: inout PlotRaster) {
    var before: (x: Int, y: Int)?
    for (column, value) in values {
      guard let y = value.flatMap(dot) else { continue }
      if let before {
        raster.line(x0: before.x, y0: before.y, x1: column, y1: y, style: style)
      } else {
        raster.setDot(x: column, y: y, style: style)
      }
      before = (column, y)
    }
  }

  /// A dotted line between points that are far from each other: there is nothing between them.
  private func trace(dotted columns: [CurveColumn], style: Style, into raster: inout PlotRaster) {
    var before: (x: Int, y: Int)?
    for column in columns {
      guard column.extent.nonfinite.isEmpty, let y = dot(column.last) else {
        before = nil
        continue
      }
      if let before { dots(from: before, to: (column.column, y), every: 2, style: style, into: &raster) }
      raster.setDot(x: column.column, y: y, style: style)
      before = (column.column, y)
    }
  }

  /// An edge of a band, dotted: filled it would hide the curves, and without colour a line would look like one.
  private func trace(edge values: [(column: Int, value: Double)], into raster: inout PlotRaster) {
    var before: (x: Int, y: Int)?
    for (column, value) in values {
      guard value.isFinite, let y = dot(value) else { continue }
      dots(from: before ?? (column, y), to: (column, y), every: 4, style: .faint, into: &raster)
      before = (column, y)
    }
  }

  private func dots(
    from start: (x: Int, y: Int), to end: (x: Int, y: Int), every distance: Int, style: Style,
    into raster: inout PlotRaster
  ) {
    for x in start.x...max(start.x, end.x) where x % distance == 0 {
      let share = Double(x - start.x) / Double(max(1, end.x - start.x))
      raster.setDot(
        x: x, y: Int((Double(start.y) + share * Double(end.y - start.y)).rounded()), style: style)
    }
  }

  // MARK: Envelope

  /// The outline of a cloud of points: a light texture inside, and in full what stands out from the columns beside it,
  /// so that a spike of one step is seen.
  private func paintEnvelope(_ columns: [CurveColumn], into raster: inout PlotRaster) {
    let runs = columns.map(run)
    for index in columns.indices {
      guard let own = runs[index] else { continue }
      let x = columns[index].column
      let beside = [index - 1, index + 1].compactMap { other -> ClosedRange<Int>? in
        guard columns.indices.contains(other), abs(columns[other].column - x) == 1 else { return nil }
        return runs[other]
      }
      guard let top = beside.map(\.lowerBound).min(), let bottom = beside.map(\.upperBound).max() else {
        raster.verticalRun(x: x, y0: own.lowerBound, y1: own.upperBound, style: .faint)
        continue
      }
      for y in stride(from: max(own.lowerBound, 0), through: min(own.upperBound, floor - 1), by: 1)
      where y < top || y > bottom || isTextured(x: x, y: y) {
        raster.setDot(x: x, y: y, style: .faint)
      }
    }
  }

  /// One dot in four, in rows that are shifted against each other.
  private func isTextured(x: Int, y: Int) -> Bool {
    y.isMultiple(of: 2) && (x + y).isMultiple(of: 4)
  }

  /// Dot rows of a column from its highest to its lowest value; `nil` where none has a place.
  private func run(of column: CurveColumn) -> ClosedRange<Int>? {
    guard column.extent.hasFinite, let top = dot(column.extent.maximum) else { return nil }
    // What lies below a logarithmic axis reaches beyond its floor.
    return top...max(top, dot(column.extent.minimum) ?? floor)
  }

  /// Dot row of a value, outside the plot for what lies beyond the axis; `nil` where it has no place.
  private func dot(_ value: Double) -> Int? {
    guard let position = scale.position(of: value, in: range) else { return nil }
    let rows = plot.rows * glyphs.dotsDown
    return Int(((1 - position) * Double(rows - 1)).rounded())
  }

  /// The first dot row below the plot.
  private var floor: Int { plot.rows * glyphs.dotsDown }

  // MARK: Marks

  private func markPoints(of drawing: Drawing, into grid: inout CellGrid) {
    for column in drawing.columns {
      set(drawing.curve.mark, drawing.curve.style, column: column.column, value: column.last, in: &grid)
    }
  }

  private func markEnd(of drawing: Drawing, into grid: inout CellGrid) {
    guard let last = drawing.columns.last(where: { $0.extent.hasFinite }) else { return }
    let line = smoothing > 0 ? last.smoothed : last.middle
    set(
      drawing.curve.mark, Style(drawing.curve.style.role, bold: true), column: last.column,
      value: line ?? last.last, in: &grid)
  }

  private func set(_ mark: Character, _ style: Style, column: Int, value: Double, in grid: inout CellGrid) {
    guard let y = dot(value), y >= 0, y < plot.rows * glyphs.dotsDown else { return }
    grid.set(
      x: plot.x + column / glyphs.dotsAcross, y: plot.y + y / glyphs.dotsDown, Cell(glyph: mark, style: style)
    )
  }

  /// An arrow where a column has values above or below the axis.
  private func markBeyond(_ drawing: Drawing, into grid: inout CellGrid) {
    let style = Style(drawing.curve.style.role, bold: true)
    for column in drawing.columns where column.extent.hasFinite {
      let x = plot.x + column.column / glyphs.dotsAcross
      if column.extent.maximum > range.upperBound {
        grid.set(x: x, y: plot.y, Cell(glyph: glyphs.marks.up, style: style))
      }
      if column.extent.minimum < range.lowerBound {
        grid.set(x: x, y: plot.maxY - 1, Cell(glyph: glyphs.marks.down, style: style))
      }
    }
  }

  /// NaN and +∞ at the ceiling, −∞ at the floor, in the column where they happened.
  private func markNonfinite(_ columns: [CurveColumn], into grid: inout CellGrid) {
    let style = Style(.error, bold: true)
    for column in columns where !column.extent.nonfinite.isEmpty {
      let kinds = column.extent.nonfinite
      let x = plot.x + column.column / glyphs.dotsAcross
      if kinds.contains(.negativeInfinity) {
        grid.set(x: x, y: plot.maxY - 1, Cell(glyph: glyphs.marks.infinity, style: style))
      }
      if kinds.contains(.positiveInfinity) {
        // Below a NaN of the same column, where both are.
        let y = kinds.contains(.nan) && plot.rows > 2 ? plot.y + 1 : plot.y
        grid.set(x: x, y: y, Cell(glyph: glyphs.marks.infinity, style: style))
      }
      if kinds.contains(.nan) {
        grid.set(x: x, y: plot.y, Cell(glyph: glyphs.marks.nan, style: style))
      }
    }
  }
}
