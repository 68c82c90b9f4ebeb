extension CellRect {
  /// The cells that both rectangles cover; empty where they do not meet.
  package func intersection(_ other: CellRect) -> CellRect {
    let left = max(x, other.x)
    let top = max(y, other.y)
    return CellRect(
      x: left, y: top,
      columns: min(maxX, other.maxX) - left,
      rows: min(maxY, other.maxY) - top)
  }
}
