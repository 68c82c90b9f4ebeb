package import CellCanvas

/// Draws the whole screen: state, size, glyphs and time in, cells out.
package enum DashboardView {
  package static func draw(_ state: DashboardState, size: CellSize, context: DrawContext) -> CellGrid {
    var grid = CellGrid(size: size)
    guard ScreenLayout.fits(size) else {
      drawTooSmall(in: &grid)
      return grid
    }
    let layout = ScreenLayout(size: size, isReplay: state.isReplay)
    HeaderView.draw(state, in: layout.header, of: &grid, context: context)
    PageView.of(state.page).draw(state, layout.body, &grid, context)
    if !layout.transport.isEmpty {
      TransportView.draw(state, in: layout.transport, of: &grid, context: context)
    }
    BottomLine.draw(state, in: layout.hints, of: &grid, context: context)
    if state.help.isShown { HelpView.draw(state, of: &grid, context: context) }
    return grid
  }

  private static func drawTooSmall(in grid: inout CellGrid) {
    let need = ScreenLayout.minimumSize
    for (row, line) in [
      "kltop needs", "\(need.columns)x\(need.rows), this", "is \(grid.size.columns)x\(grid.size.rows)",
    ]
    .enumerated() {
      grid.write(line, x: 0, y: row, style: Style(.warning))
    }
  }
}
