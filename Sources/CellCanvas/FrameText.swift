/// A grid as text, without a terminal.
package enum FrameText {
  /// The rows with a newline after each and without the blanks at their ends.
  ///
  /// - Parameter isASCII: shows what is beyond ASCII as `?`, for outputs that cannot encode it.
  package static func plain(_ grid: CellGrid, isASCII: Bool = false) -> String {
    var text: [UInt8] = []
    for y in 0..<grid.size.rows {
      let row = grid.row(y)
      let end = row.lastIndex { !$0.content.isBlank }.map { $0 + 1 } ?? row.startIndex
      for cell in row[..<end] { append(cell.content, isASCII: isASCII, to: &text) }
      text.append(newline)
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The rows with colours and emphasis as SGR sequences (ECMA-48, 8.3.117), reset at the end of each row.
  ///
  /// The only control characters are those sequences and the newlines, whatever text was written into the grid.
  package static func ansi(
    _ grid: CellGrid, theme: Theme, depth: ColorDepth, isASCII: Bool = false
  ) -> String {
    var renditions = GraphicRenditions(theme: theme, depth: depth)
    var text: [UInt8] = []
    for y in 0..<grid.size.rows {
      let row = grid.row(y)
      let end =
        row.lastIndex { !$0.content.isBlank || renditions.appearance(of: $0.style).showsOnBlanks }
        .map { $0 + 1 } ?? row.startIndex
      append(row[..<end], renditions: &renditions, isASCII: isASCII, to: &text)
      text.append(newline)
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static let newline = UInt8(ascii: "\n")

  private static func append(
    _ row: ArraySlice<Cell>, renditions: inout GraphicRenditions, isASCII: Bool, to text: inout [UInt8]
  ) {
    var style: Style?
    var current = Appearance.plain
    for cell in row where !cell.content.isRightHalf {
      if cell.style != style {
        style = cell.style
        let wanted = renditions.appearance(of: cell.style)
        if wanted != current { text += renditions.sequence(for: wanted) }
        current = wanted
      }
      append(cell.content, isASCII: isASCII, to: &text)
    }
    if current != .plain { text += renditions.sequence(for: .plain) }
  }

  private static func append(_ glyph: Glyph, isASCII: Bool, to text: inout [UInt8]) {
    if isASCII, glyph.scalarValues.lead >= 0x80 {
      for _ in 0..<glyph.columns { text.append(UInt8(ascii: "?")) }
    } else {
      glyph.append(to: &text)
    }
  }
}
