internal import CellCanvas
internal import RunModel

/// The steps below a plot, in the lower border of its panel, where they cost no row.
struct StepAxis {
  /// Steps from left to right.
  var steps: ClosedRange<Int>
  /// Steps to mark.
  var restarts: [Int]

  func draw(below plot: CellRect, in rect: CellRect, of grid: inout CellGrid, glyphs: GlyphSet) {
    let y = rect.maxY - 1
    let room = plot.columns - Self.title.count - 2
    let range = Double(steps.lowerBound)...Double(steps.upperBound)
    for tick in Ticks.horizontal(range, kind: .integer, columns: plot.columns)
    where tick.labelCells.upperBound <= room {
      grid.write(tick.label, x: plot.x + tick.labelCells.lowerBound, y: y, style: .faint)
    }
    if room > 8 { grid.write(Self.title, x: plot.maxX - Self.title.count, y: y, style: .faint) }
    let cells = CurveWindow(firstStep: steps.lowerBound, lastStep: steps.upperBound, columns: plot.columns)
    for step in restarts where steps.contains(step) {
      grid.set(
        x: plot.x + cells.column(ofStep: step), y: y, Cell(glyph: glyphs.marks.event, style: Style(.warning)))
    }
  }

  private static let title = "step"
}
