/// A grid of cells that views draw into; whatever falls outside is clipped.
///
/// A wide glyph always has its right half beside it: what would cut one in two leaves blanks instead.
package struct CellGrid: Sendable, Hashable {
  package let size: CellSize
  /// Row-major, `size.rows` × `size.columns`.
  package private(set) var cells: [Cell]

  /// A grid of blanks, or of another cell one column wide.
  package init(size: CellSize, filledWith cell: Cell = .blank) {
    self.size = size
    cells = Array(repeating: .blank, count: size.columns * size.rows)
    if cell != .blank { fill(bounds, with: cell) }
  }

  package var bounds: CellRect { CellRect(size) }

  /// The cell at a place, `nil` outside the grid.
  package func cell(x: Int, y: Int) -> Cell? {
    bounds.contains(x: x, y: y) ? cells[y * size.columns + x] : nil
  }

  /// One row of cells.
  ///
  /// - Precondition: the row is in the grid.
  package func row(_ y: Int) -> ArraySlice<Cell> {
    cells[y * size.columns..<(y + 1) * size.columns]
  }

  /// Sets one cell, or two with a wide glyph; outside the grid nothing happens.
  ///
  /// A wide glyph in the last column becomes a blank, and so does a right half on its own.
  package mutating func set(x: Int, y: Int, _ cell: Cell) {
    guard bounds.contains(x: x, y: y) else { return }
    place(cell.content, style: cell.style, x: x, row: y * size.columns)
  }

  /// Writes text made printable, clipped at the right edge and after `maxColumns`, and returns the columns used.
  ///
  /// What lies left of the grid counts as used, too; so does text in a row outside, so that positions do not depend on
  /// clipping above and below.
  @discardableResult
  package mutating func write(
    _ text: String, x: Int, y: Int, style: Style = .text, maxColumns: Int? = nil
  ) -> Int {
    let end = maxColumns.map { x < size.columns - $0 ? x + $0 : size.columns } ?? size.columns
    let isRowInside = y >= 0 && y < size.rows
    var column = x
    if Printable.isPlain(text) {
      for byte in text.utf8.prefix(max(0, end - x)) {
        if isRowInside, column >= 0 {
          place(Glyph(Unicode.Scalar(byte), columns: 1), style: style, x: column, row: y * size.columns)
        }
        column += 1
      }
      return column - x
    }
    for glyph in GlyphSequence(text) {
      guard column < end, glyph.columns <= end - column else { break }
      if isRowInside { placeClipped(glyph, style: style, x: column, row: y * size.columns) }
      column += glyph.columns
    }
    return column - x
  }

  /// Sets every cell of a rectangle; a wide glyph fills pairs, with a blank where one column is left over.
  package mutating func fill(_ rect: CellRect, with cell: Cell) {
    let visible = rect.intersection(bounds)
    guard !visible.isEmpty else { return }
    let step = max(1, cell.content.columns)
    for y in visible.y..<visible.maxY {
      let row = y * size.columns
      for x in stride(from: visible.x, to: visible.maxX, by: step) {
        let fits = x + step <= visible.maxX
        place(fits ? cell.content : .blank, style: cell.style, x: x, row: row)
      }
    }
  }

  /// Changes the style of every cell of a rectangle and leaves the glyphs.
  package mutating func restyle(_ rect: CellRect, _ change: (Style) -> Style) {
    let visible = rect.intersection(bounds)
    guard !visible.isEmpty else { return }
    for y in visible.y..<visible.maxY {
      for x in visible.x..<visible.maxX {
        let index = y * size.columns + x
        cells[index].style = change(cells[index].style)
      }
    }
  }

  /// Sets the glyph of a plot or bar, one column wide, in a row and column inside the grid.
  mutating func setInside(_ glyph: Glyph, style: Style, x: Int, y: Int) {
    place(glyph, style: style, x: x, row: y * size.columns)
  }

  /// Leaves out what is left of the grid; the visible half of a wide glyph there is a blank.
  private mutating func placeClipped(_ glyph: Glyph, style: Style, x: Int, row: Int) {
    if x >= 0 {
      place(glyph, style: style, x: x, row: row)
    } else if x == -1, glyph.columns == 2 {
      place(.blank, style: style, x: 0, row: row)
    }
  }

  private mutating func place(_ glyph: Glyph, style: Style, x: Int, row: Int) {
    let index = row + x
    blankHalves(at: index, x: x)
    switch glyph.columns {
    case 1: cells[index] = Cell(glyph, style: style)
    case 2 where x + 1 < size.columns:
      blankHalves(at: index + 1, x: x + 1)
      cells[index] = Cell(glyph, style: style)
      cells[index + 1] = Cell(.rightHalf, style: style)
    default: cells[index] = Cell(.blank, style: style)
    }
  }

  /// Before a cell is overwritten: the other half of a wide glyph in it becomes a blank.
  private mutating func blankHalves(at index: Int, x: Int) {
    switch cells[index].content.columns {
    case 0 where x > 0: cells[index - 1].content = .blank
    case 2 where x + 1 < size.columns: cells[index + 1].content = .blank
    default: break
    }
  }
}
