internal import CellCanvas
internal import RunModel

/// The steps below a plot, in the lower border of its panel, where they cost no row.
struct StepAxis {
  /// Steps from left to right.
  var steps: ClosedRange<Int>
  /// Steps to mark.
  var restarts: [Int]
  /// The step of the crosshair, named in any case.
  var cursor: Int?

  func draw(below plot: CellRect, in rect: CellRect, of grid: inout CellGrid, glyphs: GlyphSet) {
    let y = rect.maxY - 1
    let label = cursorLabel(columns: plot.columns, glyphs: glyphs)
    let room = plot.columns - Self.title.count - 2
    let range = Double(steps.lowerBound)...Double(steps.upperBound)
    for tick in Ticks.horizontal(range, kind: .integer, columns: plot.columns)
    where tick.labelCells.upperBound <= room && !(label?.isNear(tick.labelCells) ?? false) {
      grid.write(tick.label, x: plot.x + tick.labelCells.lowerBound, y: y, style: .faint)
    }
    let title = (plot.columns - Self.title.count)..<plot.columns
    if room > 8, !(label?.isNear(title) ?? false) {
      grid.write(Self.title, x: plot.x + title.lowerBound, y: y, style: .faint)
    }
    for step in restarts where steps.contains(step) {
      grid.set(
        x: plot.x + cells(plot.columns).column(ofStep: step), y: y,
        Cell(glyph: glyphs.marks.event, style: Style(.warning)))
    }
    if let label {
      grid.write(
        label.text, x: plot.x + label.cells.lowerBound, y: y, style: Style(.selection, bold: true))
    }
  }

  private static let title = "step"

  private func cells(_ columns: Int) -> CurveWindow {
    CurveWindow(firstStep: steps.lowerBound, lastStep: steps.upperBound, columns: columns)
  }

  private struct CursorLabel {
    var text: String
    var cells: Range<Int>

    /// True where labels would touch.
    func isNear(_ other: Range<Int>) -> Bool {
      other.lowerBound <= cells.upperBound && cells.lowerBound <= other.upperBound
    }
  }

  /// The step of the crosshair, below its line.
  private func cursorLabel(columns: Int, glyphs: GlyphSet) -> CursorLabel? {
    guard let cursor, steps.contains(cursor) else { return nil }
    let text = ValueText.withMinus("\(cursor)", glyphs: glyphs)
    let width = DisplayWidth.of(text)
    guard width <= columns else { return nil }
    let column = cells(columns).column(ofStep: cursor)
    let start = min(max(0, column - width / 2), columns - width)
    return CursorLabel(text: text, cells: start..<start + width)
  }
}
