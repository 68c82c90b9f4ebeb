/// Bars that grow to the right in fractions of a cell.
package enum HorizontalBar {
  /// Draws a bar over exactly `columns` cells, the empty part as blanks.
  ///
  /// - Parameter fraction: the filled part; values outside 0...1 are clamped. What is not a number is shown by the
  ///   glyph set's mark in the first cell.
  package static func draw(
    into grid: inout CellGrid, x: Int, y: Int, columns: Int, fraction: Double, style: Style, glyphs: GlyphSet
  ) {
    guard columns > 0 else { return }
    grid.fill(CellRect(x: x, y: y, columns: columns, rows: 1), with: Cell(.blank, style: style))
    guard !fraction.isNaN else {
      grid.set(x: x, y: y, Cell(glyph: glyphs.marks.nan, style: style))
      return
    }
    let perCell = glyphs.barSteps.count - 1
    let steps = Int((min(1, max(0, fraction)) * Double(columns * perCell)).rounded())
    let full = Cell(glyph: glyphs.barSteps[perCell], style: style)
    grid.fill(CellRect(x: x, y: y, columns: steps / perCell, rows: 1), with: full)
    if steps % perCell > 0 {
      grid.set(x: x + steps / perCell, y: y, Cell(glyph: glyphs.barSteps[steps % perCell], style: style))
    }
  }
}
