internal import CellCanvas
internal import Curves
internal import RunModel

/// One value of a sample over the run, with its forgetting events and the step that is looked at.
struct SampleChart {
  var title: String
  /// The present value and what it is in.
  var note: FlexibleText
  /// In the order of the steps.
  var points: [(step: Int, value: Double)]
  /// Steps at which the sample was forgotten.
  var forgotten: [Int]
  /// The step that is looked at: what is later is faint.
  var step: Int
  var steps: ClosedRange<Int>
  /// The ends of the y axis; `nil` takes them from the points.
  var range: ClosedRange<Double>?
  var style: Style

  func draw(in rect: CellRect, of grid: inout CellGrid, glyphs: GlyphSet) {
    grid.box(rect, title: title, glyphs: glyphs)
    PanelFrame.drawInBorder([note], in: rect, from: rect.x + 3 + DisplayWidth.of(title), of: &grid)
    let inside = rect.inset()
    guard inside.rows > 1, inside.columns > 12 else { return }
    guard let range = range ?? extent else {
      return PanelFrame.drawMessage("no finite value yet", in: inside, of: &grid)
    }
    let axis = ValueAxis(range, in: inside, glyphs: glyphs)
    axis.draw(of: &grid)
    XAxis(steps: steps, cursor: step).draw(below: axis.plot, in: rect, of: &grid, glyphs: glyphs)
    paint(in: axis.plot, range: range, of: &grid, glyphs: glyphs)
  }

  private func window(columns: Int) -> CurveWindow {
    CurveWindow(firstStep: steps.lowerBound, lastStep: steps.upperBound, columns: columns)
  }

  private var extent: ClosedRange<Double>? {
    var extent = Extent()
    for point in points where steps.contains(point.step) { extent.formUnion(Extent(point.value)) }
    return extent.hasFinite ? ValueRange.rounded(extent) : nil
  }

  private func paint(
    in plot: CellRect, range: ClosedRange<Double>, of grid: inout CellGrid, glyphs: GlyphSet
  ) {
    let cells = window(columns: plot.columns)
    if steps.contains(step) {
      grid.fill(
        CellRect(x: plot.x + cells.column(ofStep: step), y: plot.y, columns: 1, rows: plot.rows),
        with: Cell(glyph: glyphs.box.dashedVertical, style: .faint))
    }
    paintCurve(in: plot, range: range, of: &grid, glyphs: glyphs)
    for event in forgotten where steps.contains(event) {
      grid.set(
        x: plot.x + cells.column(ofStep: event), y: plot.maxY - 1,
        Cell(glyph: glyphs.marks.no, style: Style(event <= step ? .error : .faint, bold: event <= step)))
    }
  }

  private func paintCurve(
    in plot: CellRect, range: ClosedRange<Double>, of grid: inout CellGrid, glyphs: GlyphSet
  ) {
    var raster = PlotRaster(size: plot.size, glyphs: glyphs)
    let window = window(columns: raster.dotColumns)
    var before: (x: Int, y: Int)?
    var now: (x: Int, y: Int)?
    for point in points where steps.contains(point.step) {
      let x = window.column(ofStep: point.step)
      guard let position = AxisScale.linear.position(of: point.value, in: range), point.value.isFinite else {
        before = nil
        let mark = point.value.isNaN ? glyphs.marks.nan : glyphs.marks.infinity
        grid.set(
          x: plot.x + x / glyphs.dotsAcross, y: plot.y, Cell(glyph: mark, style: Style(.error, bold: true)))
        continue
      }
      let y = Int(((1 - min(max(position, 0), 1)) * Double(raster.dotRows - 1)).rounded())
      let isKnown = point.step <= step
      let from = before ?? (x, y)
      raster.line(x0: from.x, y0: from.y, x1: x, y1: y, style: isKnown ? style : .faint)
      before = (x, y)
      if isKnown { now = (x, y) }
    }
    raster.draw(into: &grid, at: plot)
    guard let now else { return }
    grid.set(
      x: plot.x + now.x / glyphs.dotsAcross, y: plot.y + now.y / glyphs.dotsDown,
      Cell(glyph: glyphs.marks.live, style: Style(style.role, bold: true)))
  }
}
