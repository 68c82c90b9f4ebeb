/// A grid as text, without a terminal.
package enum FrameText {
  /// The rows with a newline after each and without the blanks at their ends.
  ///
  /// - Parameter isASCII: shows what is beyond ASCII as `?`, for outputs that cannot encode it.
  package static func plain(_ grid: CellGrid, isASCII: Bool = false) -> String {
    var text = String.UnicodeScalarView()
    for y in 0..<grid.size.rows {
      let row = grid.row(y)
      let end = row.lastIndex { !$0.content.isBlank }.map { $0 + 1 } ?? row.startIndex
      for cell in row[..<end] { append(cell.content, isASCII: isASCII, to: &text) }
      text.append("\n")
    }
    return String(text)
  }

  /// The rows with colours and emphasis as SGR sequences (ECMA-48, 8.3.117), reset at the end of each row.
  ///
  /// The only control characters are those sequences and the newlines, whatever text was written into the grid.
  package static func ansi(
    _ grid: CellGrid, theme: Theme, depth: ColorDepth, isASCII: Bool = false
  ) -> String {
    var text = String.UnicodeScalarView()
    for y in 0..<grid.size.rows {
      let row = grid.row(y)
      var style: Style?
      var current = Appearance.plain
      for cell in row[..<visibleEnd(of: row, theme: theme, depth: depth)] {
        if cell.style != style, !cell.content.isRightHalf {
          style = cell.style
          let wanted = theme.appearance(of: cell.style, depth: depth)
          if wanted != current {
            text.append(contentsOf: SelectGraphicRendition.sequence(for: wanted, depth: depth))
          }
          current = wanted
        }
        append(cell.content, isASCII: isASCII, to: &text)
      }
      if current != .plain { text.append(contentsOf: SelectGraphicRendition.reset) }
      text.append("\n")
    }
    return String(text)
  }

  private static func visibleEnd(of row: ArraySlice<Cell>, theme: Theme, depth: ColorDepth) -> Int {
    row.lastIndex {
      !$0.content.isBlank || theme.appearance(of: $0.style, depth: depth).showsOnBlanks
    }.map { $0 + 1 } ?? row.startIndex
  }

  private static func append(_ glyph: Glyph, isASCII: Bool, to text: inout String.UnicodeScalarView) {
    if isASCII, glyph.scalarValues.lead >= 0x80 {
      for _ in 0..<glyph.columns { text.append("?") }
    } else {
      glyph.append(to: &text)
    }
  }
}
