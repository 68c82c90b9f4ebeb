/// Width and height in terminal cells, never negative.
package struct CellSize: Sendable, Hashable {
  package var columns: Int
  package var rows: Int

  package init(columns: Int, rows: Int) {
    self.columns = max(0, columns)
    self.rows = max(0, rows)
  }
}

/// A rectangle of cells; x grows to the right, y downwards, both from 0.
package struct CellRect: Sendable, Hashable {
  package var x: Int
  package var y: Int
  package var columns: Int
  package var rows: Int

  package init(x: Int, y: Int, columns: Int, rows: Int) {
    self.x = x
    self.y = y
    self.columns = max(0, columns)
    self.rows = max(0, rows)
  }

  package init(_ size: CellSize) { self.init(x: 0, y: 0, columns: size.columns, rows: size.rows) }

  package var size: CellSize { CellSize(columns: columns, rows: rows) }
  package var isEmpty: Bool { columns == 0 || rows == 0 }
  /// First column right of the rectangle.
  package var maxX: Int { x + columns }
  /// First row below the rectangle.
  package var maxY: Int { y + rows }

  package func contains(x: Int, y: Int) -> Bool {
    x >= self.x && x < maxX && y >= self.y && y < maxY
  }

  /// The rectangle without a border of `margin` cells on every side.
  package func inset(by margin: Int = 1) -> CellRect {
    CellRect(
      x: x + margin, y: y + margin, columns: columns - 2 * margin, rows: rows - 2 * margin)
  }
}
