package import CellCanvas

/// The border and title that all panels share.
enum PanelFrame {
  /// Draws the frame and returns the column behind its title.
  @discardableResult
  static func draw(
    _ panel: Panel, _ state: DashboardState, in rect: CellRect, of grid: inout CellGrid, context: DrawContext
  ) -> Int {
    draw(panel.title, isFocused: state.overview.focus == panel, in: rect, of: &grid, context: context)
  }

  /// The same for what is no panel of the overview.
  @discardableResult
  static func draw(
    _ title: String, isFocused: Bool, in rect: CellRect, of grid: inout CellGrid, context: DrawContext
  ) -> Int {
    grid.box(
      rect, title: title, style: Style(isFocused ? .focusedBorder : .border),
      titleStyle: Style(.title, bold: isFocused), glyphs: context.glyphs)
    return titleEnd(title, in: rect)
  }

  /// The column behind a title.
  static func titleEnd(_ title: String, in rect: CellRect) -> Int { rect.x + 1 + DisplayWidth.of(title) + 2 }

  /// Columns for text in the upper border, right of the title: a blank on both sides, and the corner.
  static func borderRoom(_ rect: CellRect, from x: Int) -> Int { max(0, rect.maxX - 1 - x - 2) }

  /// Writes texts into the upper border, right of the title.
  static func drawInBorder(_ texts: [FlexibleText], in rect: CellRect, from x: Int, of grid: inout CellGrid) {
    drawInBorder(
      FlexibleText.line(texts, in: borderRoom(rect, from: x), gap: 2), in: rect, from: x, of: &grid)
  }

  /// Writes a text into the upper border, right of the title; nothing where it does not fit.
  static func drawInBorder(_ runs: [TextRun], in rect: CellRect, from x: Int, of grid: inout CellGrid) {
    let room = borderRoom(rect, from: x)
    guard rect.rows >= 2, !runs.isEmpty, runs.columns <= room else { return }
    grid.write([TextRun(" ")] + runs + [TextRun(" ")], x: x, y: rect.y, maxColumns: room + 2)
  }

  /// Why a panel is empty and what to do about it, in its middle.
  static func drawMessage(_ text: String, in rect: CellRect, of grid: inout CellGrid) {
    // Long lines in the middle of nothing are hard to read, but a text without its end is worse.
    let short = TextWrap.lines(text, columns: min(messageColumns, rect.columns))
    let lines = short.count <= rect.rows ? short : TextWrap.lines(text, columns: rect.columns)
    let first = rect.y + max(0, (rect.rows - lines.count) / 2)
    for (index, line) in lines.enumerated() where first + index < rect.maxY {
      let x = rect.x + max(0, (rect.columns - DisplayWidth.of(line)) / 2)
      grid.write(line, x: x, y: first + index, style: .faint, maxColumns: rect.columns)
    }
  }

  private static let messageColumns = 40
}

/// What drawing depends on beside the state: nothing below the main loop asks the terminal or the clock.
package struct DrawContext: Sendable {
  package var glyphs: GlyphSet
  /// Seconds since 1970.
  package var now: Double

  package init(glyphs: GlyphSet, now: Double) {
    self.glyphs = glyphs
    self.now = now
  }
}
