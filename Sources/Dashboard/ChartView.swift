internal import CellCanvas
internal import RunModel

/// Draws curves over steps with both axes into a panel.
struct ChartView {
  var curves: [ChartCurve]
  var levels: [ChartLevel]
  var isLogarithmic: Bool
  /// Steps from left to right.
  var steps: ClosedRange<Int>
  /// Steps to mark on the step axis.
  var restarts: [Int]
  /// Curves behind a smoothed line are faint.
  var isSmoothed: Bool
  /// The step of the crosshair.
  var cursor: Int?

  init(_ state: DashboardState, panel: Panel, curves: [ChartCurve], levels: [ChartLevel] = []) {
    self.curves = curves
    self.levels = levels
    isLogarithmic = state.charts.logarithmic.contains(panel)
    steps = state.chartSteps
    restarts = state.shownInCharts.restarts.map(\.toStep)
    isSmoothed = state.charts.smoothing > 0
    cursor = state.crosshair
  }

  /// Draws into `inside`; the labels of the steps stand in the lower border of `rect`.
  func draw(in rect: CellRect, plot inside: CellRect, of grid: inout CellGrid, context: DrawContext) {
    guard inside.rows > 0, inside.columns > 12 else { return }
    // The extent of a linear axis is that of everything; a logarithmic one looks for positive values in each column.
    let range = valueRange(window(columns: isLogarithmic ? inside.columns * context.glyphs.dotsAcross : 1))
    guard let range else {
      return PanelFrame.drawMessage("no finite value yet", in: inside, of: &grid)
    }
    let scale: AxisScale = isLogarithmic ? .logarithmic : .linear
    let ticks = Ticks.vertical(range, scale: scale, rows: inside.rows)
    let gutter = min(10, (ticks.map { DisplayWidth.of($0.label) }.max() ?? 0) + 1)
    let plot = CellRect(
      x: inside.x + gutter, y: inside.y, columns: inside.columns - gutter, rows: inside.rows)
    drawTicks(ticks, gutter: gutter, inside: inside, of: &grid, glyphs: context.glyphs)
    StepAxis(steps: steps, restarts: restarts, cursor: cursor)
      .draw(below: plot, in: rect, of: &grid, glyphs: context.glyphs)
    drawCrosshair(in: plot, of: &grid, glyphs: context.glyphs)
    for level in levels {
      level.draw(in: plot, range: range, scale: scale, of: &grid, glyphs: context.glyphs)
    }
    let painter = CurvePainter(
      plot: plot, window: window(columns: plot.columns * context.glyphs.dotsAcross), range: range,
      scale: scale,
      isSmoothed: isSmoothed, glyphs: context.glyphs)
    painter.paint(curves, into: &grid)
  }

  private func window(columns: Int) -> CurveWindow {
    CurveWindow(
      firstStep: steps.lowerBound, lastStep: steps.upperBound, columns: columns)
  }

  /// The values in sight, with a little air; `nil` where none is finite.
  private func valueRange(_ window: CurveWindow) -> ClosedRange<Double>? {
    var extent = Extent()
    for curve in curves {
      for column in curve.columns(window) { extent.formUnion(visible(column.extent)) }
      for branch in curve.shadows(window) {
        for column in branch { extent.formUnion(visible(column.extent)) }
      }
    }
    guard extent.hasFinite else { return nil }
    return isLogarithmic ? extent.minimum...extent.maximum : ValueRange.rounded(extent)
  }

  /// Zero and negative values have no place on a logarithmic axis.
  private func visible(_ extent: Extent) -> Extent {
    guard isLogarithmic, extent.hasFinite, extent.minimum <= 0 else { return extent }
    return extent.maximum > 0 ? Extent(extent.maximum) : Extent()
  }

  /// Behind the curves: it hides nothing.
  private func drawCrosshair(in plot: CellRect, of grid: inout CellGrid, glyphs: GlyphSet) {
    guard let cursor, steps.contains(cursor) else { return }
    let column = window(columns: plot.columns).column(ofStep: cursor)
    grid.fill(
      CellRect(x: plot.x + column, y: plot.y, columns: 1, rows: plot.rows),
      with: Cell(glyph: glyphs.box.dashedVertical, style: .faint))
  }

  private func drawTicks(
    _ ticks: [Tick], gutter: Int, inside: CellRect, of grid: inout CellGrid, glyphs: GlyphSet
  ) {
    for tick in ticks {
      let label = DisplayWidth.pad(
        ValueText.withMinus(tick.label, glyphs: glyphs), to: gutter - 1, alignment: .right)
      grid.write(label, x: inside.x, y: inside.y + tick.cell, style: .faint, maxColumns: gutter - 1)
    }
  }
}

extension DashboardState {
  /// The steps that charts show: the chosen window, else all, and for a live run some that are to come.
  var chartSteps: ClosedRange<Int> {
    if let window = charts.window { return window }
    // A replay has the axes of the whole run: curves grow into them, and a glance tells how far it is.
    let all = isReplay ? steps : shownInCharts.steps
    let last = max(all.upperBound, chartEnd ?? all.upperBound)
    guard last == all.lowerBound else { return all.lowerBound...last }
    // One step alone: a little to the right, or to the left where there is none.
    return last < .max ? last...last + 1 : last - 1...last
  }
}
