internal import CellCanvas
internal import RunModel

/// Paints curves into a plot: the envelope of each column, lines between columns, marks where a value is not finite.
struct CurvePainter {
  var plot: CellRect
  /// As many columns as the plot has dots.
  var window: CurveWindow
  var range: ClosedRange<Double>
  var scale: AxisScale
  var isSmoothed: Bool
  var glyphs: GlyphSet

  /// Paints all curves, the first one last: it is what the panel is about.
  func paint(_ curves: [ChartCurve], into grid: inout CellGrid) {
    var raster = PlotRaster(size: plot.size, glyphs: glyphs)
    for curve in curves {
      for shadow in curve.shadows(window) { trace(shadow, style: .faint, into: &raster) }
      traceEdges(curve.band(window), into: &raster)
    }
    let columns = curves.map { $0.columns(window) }
    for (curve, columns) in zip(curves, columns).reversed() {
      trace(columns, style: isSmoothed ? .faint : curve.style, into: &raster)
      if isSmoothed { traceAverage(columns, style: curve.style, into: &raster) }
    }
    raster.draw(into: &grid, at: plot)
    for (curve, columns) in zip(curves, columns).reversed() {
      markEnd(of: columns, curve, into: &grid)
      markNonfinite(columns, into: &grid)
    }
  }

  private func trace(_ columns: [CurveColumn], style: Style, into raster: inout PlotRaster) {
    var before: (x: Int, y: Int)?
    for column in columns {
      guard column.extent.hasFinite, let top = dot(column.extent.maximum),
        let bottom = dot(column.extent.minimum)
      else {
        // A value that is not finite leaves a gap: nothing is drawn that was not there.
        before = nil
        continue
      }
      let first = dot(column.first) ?? bottom
      if let before { raster.line(x0: before.x, y0: before.y, x1: column.column, y1: first, style: style) }
      raster.verticalRun(x: column.column, y0: top, y1: bottom, style: style)
      before = (column.column, dot(column.last) ?? bottom)
    }
  }

  private func traceAverage(_ columns: [CurveColumn], style: Style, into raster: inout PlotRaster) {
    var before: (x: Int, y: Int)?
    for column in columns {
      guard let value = column.smoothed, let y = dot(value) else { continue }
      if let before {
        raster.line(x0: before.x, y0: before.y, x1: column.column, y1: y, style: style)
      } else {
        raster.setDot(x: column.column, y: y, style: style)
      }
      before = (column.column, y)
    }
  }

  /// Both edges of a band, dotted: filled it would hide the curves, and without colour a line would look like one.
  private func traceEdges(_ columns: [CurveColumn], into raster: inout PlotRaster) {
    var before: (x: Int, top: Int, bottom: Int)?
    for column in columns where column.extent.hasFinite {
      guard let top = dot(column.extent.maximum), let bottom = dot(column.extent.minimum) else { continue }
      let from = before ?? (column.column, top, bottom)
      for x in from.x...max(from.x, column.column) where x % Self.edgeDistance == 0 {
        let share = Double(x - from.x) / Double(max(1, column.column - from.x))
        for (start, end) in [(from.top, top), (from.bottom, bottom)] {
          raster.setDot(x: x, y: Int((Double(start) + share * Double(end - start)).rounded()), style: .faint)
        }
      }
      before = (column.column, top, bottom)
    }
  }

  /// Dots between the dots of an edge.
  private static let edgeDistance = 4

  private func markEnd(of columns: [CurveColumn], _ curve: ChartCurve, into grid: inout CellGrid) {
    guard let last = columns.last(where: { $0.extent.hasFinite }),
      let y = dot((isSmoothed ? last.smoothed : nil) ?? last.last)
    else { return }
    grid.set(
      x: plot.x + last.column / glyphs.dotsAcross,
      y: plot.y + min(max(0, y / glyphs.dotsDown), plot.rows - 1),
      Cell(glyph: curve.mark, style: Style(curve.style.role, bold: true)))
  }

  private func markNonfinite(_ columns: [CurveColumn], into grid: inout CellGrid) {
    for column in columns where !column.extent.nonfinite.isEmpty {
      let isNaN = column.extent.nonfinite.contains(.nan)
      let isBelow = column.extent.nonfinite == .negativeInfinity
      grid.set(
        x: plot.x + column.column / glyphs.dotsAcross, y: isBelow ? plot.maxY - 1 : plot.y,
        Cell(glyph: isNaN ? glyphs.marks.nan : glyphs.marks.infinity, style: Style(.error, bold: true)))
    }
  }

  /// Dot row of a value, the ends of the axis for what lies beyond; `nil` where it has no place.
  private func dot(_ value: Double) -> Int? {
    guard let position = scale.position(of: value, in: range) else {
      return scale == .logarithmic && value <= 0 ? plot.rows * glyphs.dotsDown - 1 : nil
    }
    let rows = plot.rows * glyphs.dotsDown
    return Int(((1 - min(max(position, 0), 1)) * Double(rows - 1)).rounded())
  }
}
