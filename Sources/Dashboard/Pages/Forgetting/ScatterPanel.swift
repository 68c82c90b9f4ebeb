internal import CellCanvas
internal import Curves
internal import RunAnalysis
internal import RunModel

/// What was lost against a divergence: a mark for each evaluation, and the parabola that fits them.
struct ScatterPanel {
  var scatter: ForgettingScatter
  var metric: RetentionMetric
  /// Percentage points rather than the metric's own unit.
  var isFraction: Bool
  /// What lies to the right, with its two arguments.
  var quantity: String
  /// Where that was measured.
  var place: String
  /// The colour of the metric's set.
  var look: CurveLook
  var glyphs: GlyphSet

  func draw(in rect: CellRect, of grid: inout CellGrid) {
    grid.box(
      rect, title: "lost against \(quantity)", style: Style(.border), titleStyle: Style(.title),
      glyphs: glyphs)
    let x = rect.x + 1 + DisplayWidth.of("lost against \(quantity)") + 2
    PanelFrame.drawInBorder([fitText], in: rect, from: x, of: &grid)
    let inside = rect.inset()
    guard inside.rows > 2, inside.columns > 16 else { return }
    let head = FlexibleText([
      [axis, TextRun("    ")] + legend, [axis, TextRun("  ")] + legend.prefix(4), [axis],
    ])
    grid.write(
      FlexibleText.line([head], in: inside.columns - 1, gap: 0), x: inside.x + 1, y: inside.y,
      maxColumns: inside.columns - 1)
    let rest = CellRect(x: inside.x, y: inside.y + 1, columns: inside.columns, rows: inside.rows - 1)
    guard let ranges else {
      return PanelFrame.drawMessage("no evaluation with this divergence yet", in: rest, of: &grid)
    }
    drawPlot(ranges, in: rest, panel: rect, of: &grid)
  }

  private typealias Ranges = (x: ClosedRange<Double>, y: ClosedRange<Double>)

  private var scale: Double { isFraction ? 100 : 1 }

  /// Zero belongs to both axes: it is where the run began.
  private var ranges: Ranges? {
    guard !scatter.points.isEmpty else { return nil }
    var x = Extent(0)
    var y = Extent(0)
    for point in scatter.points {
      x.include(point.divergence)
      y.include(point.lost * scale)
    }
    return (ValueRange.rounded(x), ValueRange.rounded(y))
  }

  private var axis: TextRun {
    let unit = RetentionText.unit(metric.kind, isFraction: isFraction)
    let name = Printable.text(RetentionText.label(metric), glyphs: glyphs)
    return TextRun("\(glyphs.marks.up) \(name) lost" + (unit.isEmpty ? "" : ", \(unit)"))
  }

  private var legend: [TextRun] {
    let marks = glyphs.marks
    return [
      TextRun("\(marks.silent)", look.style), TextRun(" first  ", .faint),
      TextRun("\(marks.live)", look.style), TextRun(" last  ", .faint),
      TextRun("\(marks.bullet)", look.style), TextRun(" evaluations", .faint),
    ]
  }

  /// What a metric is counted in.
  private var unit: String {
    let unit = RetentionText.unit(metric.kind, isFraction: isFraction)
    return unit.isEmpty ? RetentionText.word(metric.kind) : unit
  }

  /// A line is no set: it has a colour that none has.
  private var fitStyle: Style { Style(.note) }

  private var fitText: FlexibleText {
    let n = scatter.points.count
    guard let fit = scatter.fit else {
      let few = "too few points: \(n) of \(QuadraticFit.fewestPoints)"
      let flat = "one divergence only: no fit"
      let text = n < QuadraticFit.fewestPoints ? few : flat
      return FlexibleText([[TextRun(text, .note)], [TextRun("no fit, n \(n)", .note)], []])
    }
    let square = glyphs.isASCII ? "R^2" : "R²"
    let rSquared = fit.rSquared.map { NumberText.fixed($0, decimals: 3) } ?? (glyphs.isASCII ? "-" : "–")
    return FlexibleText([
      [TextRun("quadratic fit of \(unit) by nats", fitStyle), TextRun("  \(square) \(rSquared)  n \(n)")],
      [TextRun("quadratic, \(unit) by nats", fitStyle), TextRun("  \(square) \(rSquared)")],
      [TextRun("quadratic", fitStyle), TextRun(" \(square) \(rSquared)")], [],
    ])
  }

  private func drawPlot(_ ranges: Ranges, in rect: CellRect, panel: CellRect, of grid: inout CellGrid) {
    let axis = ValueAxis(ranges.y, in: rect, glyphs: glyphs)
    let plot = axis.plot
    axis.draw(of: &grid)
    drawBelow(ranges.x, plot: plot, panel: panel, of: &grid)
    drawFit(ranges, plot: plot, into: &grid)
    drawPoints(ranges, plot: plot, into: &grid)
  }

  /// Ticks of the divergence in the lower border, and where it was measured.
  private func drawBelow(
    _ range: ClosedRange<Double>, plot: CellRect, panel: CellRect, of grid: inout CellGrid
  ) {
    let y = panel.maxY - 1
    let title = Printable.text("\(place), nats \(glyphs.marks.right)", glyphs: glyphs)
    let room = plot.columns - DisplayWidth.of(title) - 2
    for tick in Ticks.horizontal(range, columns: plot.columns) where tick.labelCells.upperBound <= room {
      grid.write(tick.label, x: plot.x + tick.labelCells.lowerBound, y: y, style: .faint)
    }
    if room > 8 { grid.write(title, x: plot.maxX - DisplayWidth.of(title), y: y, style: .text) }
  }

  private func drawFit(_ ranges: Ranges, plot: CellRect, into grid: inout CellGrid) {
    guard let fit = scatter.fit else { return }
    var raster = PlotRaster(size: plot.size, glyphs: glyphs)
    let divergences = scatter.points.map(\.divergence)
    guard let first = divergences.min(), let last = divergences.max() else { return }
    var before: (x: Int, y: Int)?
    for column in 0..<raster.dotColumns {
      let place = Double(column) / Double(max(1, raster.dotColumns - 1))
      // A fit says nothing beyond its points.
      guard let x = AxisScale.linear.value(at: place, in: ranges.x), x >= first, x <= last,
        let share = AxisScale.linear.position(of: fit.value(at: x) * scale, in: ranges.y)
      else { continue }
      let y = Int(((1 - min(max(share, -1), 2)) * Double(raster.dotRows - 1)).rounded())
      raster.line(x0: before?.x ?? column, y0: before?.y ?? y, x1: column, y1: y, style: fitStyle)
      before = (column, y)
    }
    raster.draw(into: &grid, at: plot)
  }

  private func drawPoints(_ ranges: Ranges, plot: CellRect, into grid: inout CellGrid) {
    let marks = glyphs.marks
    let last = scatter.points.count - 1
    let order = Array(scatter.points.indices.dropFirst().dropLast()) + [0, last]
    for index in order where index >= 0 {
      let point = scatter.points[index]
      guard let across = AxisScale.linear.position(of: point.divergence, in: ranges.x),
        let up = AxisScale.linear.position(of: point.lost * scale, in: ranges.y)
      else { continue }
      let mark = index == last ? marks.live : index == 0 ? marks.silent : marks.bullet
      grid.set(
        x: plot.x + Int((across * Double(plot.columns - 1)).rounded()),
        y: plot.y + Int(((1 - up) * Double(plot.rows - 1)).rounded()),
        Cell(glyph: mark, style: Style(look.style.role, bold: index == last || index == 0)))
    }
  }
}
