internal import CellCanvas

/// Draws curves with both axes into a panel.
struct ChartView {
  var curves: [ChartCurve]
  var levels: [ChartLevel] = []
  var scale: ChartScale
  var axis: XAxis
  /// Curves behind a smoothed line are faint.
  var smoothing: Double

  /// Narrower plots say nothing.
  private static let leastColumns = 12

  /// The plot inside a panel: right of the labels of the y axis.
  ///
  /// - Returns: `nil` where there is no room or no value.
  func plot(inside: CellRect, glyphs: GlyphSet) -> CellRect? { valueAxis(in: inside, glyphs: glyphs)?.plot }

  private func valueAxis(in inside: CellRect, glyphs: GlyphSet) -> ValueAxis? {
    guard inside.rows > 0, inside.columns > Self.leastColumns else { return nil }
    return scale.range.map { ValueAxis($0, scale: scale.scale, in: inside, glyphs: glyphs) }
  }

  /// Draws into `inside`; the labels of the steps stand in the lower border of `rect`.
  func draw(in rect: CellRect, inside: CellRect, of grid: inout CellGrid, context: DrawContext) {
    guard inside.rows > 0, inside.columns > Self.leastColumns else { return }
    guard let valueAxis = valueAxis(in: inside, glyphs: context.glyphs), let range = scale.range else {
      return PanelFrame.drawMessage(emptyMessage, in: inside, of: &grid)
    }
    let plot = valueAxis.plot
    valueAxis.draw(of: &grid)
    axis.draw(below: plot, in: rect, of: &grid, glyphs: context.glyphs)
    drawCrosshair(in: plot, of: &grid, glyphs: context.glyphs)
    for level in levels {
      level.draw(in: plot, range: range, scale: scale.scale, of: &grid, glyphs: context.glyphs)
    }
    CurvePainter(
      plot: plot, window: axis.window(columns: plot.columns * context.glyphs.dotsAcross), range: range,
      scale: scale.scale, smoothing: smoothing, glyphs: context.glyphs
    ).paint(curves, into: &grid)
  }

  private var emptyMessage: String {
    scale.scale == .logarithmic && !scale.notes.isEmpty
      ? "no value above 0 for a logarithmic axis" : "no finite value yet"
  }

  /// Behind the curves: it hides nothing.
  private func drawCrosshair(in plot: CellRect, of grid: inout CellGrid, glyphs: GlyphSet) {
    guard let column = axis.cursorColumn(of: plot.columns) else { return }
    grid.fill(
      CellRect(x: plot.x + column, y: plot.y, columns: 1, rows: plot.rows),
      with: Cell(glyph: glyphs.box.dashedVertical, style: .faint))
  }
}
