/// One cell of the screen.
package struct Cell: Sendable, Hashable {
  /// One printable grapheme of one or two columns; empty for the right half of a wide one.
  package var glyph: Character?
  package var style: Style

  package init(glyph: Character?, style: Style = .text) {
    self.glyph = glyph
    self.style = style
  }

  package static let blank = Cell(glyph: " ")
}

/// A grid of cells that views draw into; whatever falls outside is clipped.
package struct CellGrid: Sendable, Hashable {
  package let size: CellSize
  /// Row-major, `size.rows` × `size.columns`.
  package private(set) var cells: [Cell]

  package init(size: CellSize, filledWith cell: Cell = .blank) {
    self.size = size
    self.cells = Array(repeating: cell, count: size.columns * size.rows)
  }

  package var bounds: CellRect { CellRect(size) }

  /// The cell at a place, `nil` outside the grid.
  package func cell(x: Int, y: Int) -> Cell? {
    bounds.contains(x: x, y: y) ? cells[y * size.columns + x] : nil
  }

  /// Sets one cell; outside the grid nothing happens.
  package mutating func set(x: Int, y: Int, _ cell: Cell) {
    guard bounds.contains(x: x, y: y) else { return }
    cells[y * size.columns + x] = cell
  }
}
