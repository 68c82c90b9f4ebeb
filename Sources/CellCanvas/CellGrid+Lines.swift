extension CellGrid {
  /// A line from a cell to the right.
  package mutating func horizontalLine(
    x: Int, y: Int, columns: Int, style: Style = Style(.border), glyphs: GlyphSet
  ) {
    fill(
      CellRect(x: x, y: y, columns: columns, rows: 1),
      with: Cell(glyph: glyphs.box.horizontal, style: style))
  }

  /// A line from a cell downwards.
  package mutating func verticalLine(
    x: Int, y: Int, rows: Int, style: Style = Style(.border), glyphs: GlyphSet
  ) {
    fill(
      CellRect(x: x, y: y, columns: 1, rows: rows),
      with: Cell(glyph: glyphs.box.vertical, style: style))
  }

  /// A border along the inside of a rectangle, with a title in its upper line; the inside stays as it is.
  ///
  /// A title that does not fit between the corners and a space on each side is cut. Rectangles of less than two
  /// columns or rows have no inside and get no border.
  package mutating func box(
    _ rect: CellRect, title: String = "", style: Style = Style(.border), titleStyle: Style = Style(.title),
    glyphs: GlyphSet
  ) {
    guard rect.columns >= 2, rect.rows >= 2 else { return }
    let right = rect.maxX - 1
    let bottom = rect.maxY - 1
    for y in [rect.y, bottom] {
      horizontalLine(x: rect.x + 1, y: y, columns: rect.columns - 2, style: style, glyphs: glyphs)
    }
    for x in [rect.x, right] {
      verticalLine(x: x, y: rect.y + 1, rows: rect.rows - 2, style: style, glyphs: glyphs)
    }
    set(x: rect.x, y: rect.y, Cell(glyph: glyphs.box.topLeft, style: style))
    set(x: right, y: rect.y, Cell(glyph: glyphs.box.topRight, style: style))
    set(x: rect.x, y: bottom, Cell(glyph: glyphs.box.bottomLeft, style: style))
    set(x: right, y: bottom, Cell(glyph: glyphs.box.bottomRight, style: style))
    writeTitle(title, in: rect, style: titleStyle, glyphs: glyphs)
  }

  private mutating func writeTitle(_ title: String, in rect: CellRect, style: Style, glyphs: GlyphSet) {
    let room = rect.columns - 4
    guard !title.isEmpty, room > 0 else { return }
    let text = DisplayWidth.truncate(
      Printable.text(title, glyphs: glyphs), to: room, ellipsis: glyphs.marks.ellipsis)
    write(" " + text + " ", x: rect.x + 1, y: rect.y, style: style)
  }
}
