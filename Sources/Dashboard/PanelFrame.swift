internal import CellCanvas

/// The border and title that all panels share.
enum PanelFrame {
  /// Draws the frame and returns the column behind its title.
  @discardableResult
  static func draw(
    _ panel: Panel, _ state: DashboardState, in rect: CellRect, of grid: inout CellGrid, context: DrawContext
  ) -> Int {
    let isFocused = state.focus == panel
    grid.box(
      rect, title: panel.title, style: Style(isFocused ? .focusedBorder : .border),
      titleStyle: Style(.title, bold: isFocused), glyphs: context.glyphs)
    return rect.x + 1 + DisplayWidth.of(panel.title) + 2
  }

  /// Writes texts into the upper border, right of the title.
  static func drawLegend(
    _ texts: [FlexibleText], in rect: CellRect, from x: Int, of grid: inout CellGrid
  ) {
    let room = rect.maxX - 2 - x
    guard room > 0 else { return }
    var x = x
    for runs in FlexibleText.fit(texts, in: room, gap: 2) where !runs.isEmpty {
      let width = runs.columns
      guard x + width <= rect.maxX - 1 else { return }
      grid.write(" ", x: x, y: rect.y)
      x += grid.write(runs, x: x + 1, y: rect.y, maxColumns: rect.maxX - 2 - x) + 1
      grid.write(" ", x: x, y: rect.y)
      x += 1
    }
  }

  /// Why a panel is empty and what to do about it, in its middle.
  static func drawMessage(_ lines: [String], in rect: CellRect, of grid: inout CellGrid) {
    let first = rect.y + max(0, (rect.rows - lines.count) / 2)
    for (index, line) in lines.enumerated() where first + index < rect.maxY {
      let x = rect.x + max(0, (rect.columns - DisplayWidth.of(line)) / 2)
      grid.write(line, x: x, y: first + index, style: .faint, maxColumns: rect.columns)
    }
  }
}
