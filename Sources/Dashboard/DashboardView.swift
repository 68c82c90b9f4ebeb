package import CellCanvas

/// Draws the whole screen: state, size, glyphs and time in, cells out.
package enum DashboardView {
  package static func draw(_ state: DashboardState, size: CellSize, context: DrawContext) -> CellGrid {
    var grid = CellGrid(size: size)
    guard size.columns >= DashboardLayout.minimumSize.columns, size.rows >= DashboardLayout.minimumSize.rows
    else {
      drawTooSmall(in: &grid)
      return grid
    }
    let layout = DashboardLayout(size: size, state: state)
    HeaderView.draw(state, in: layout.header, of: &grid, context: context)
    if layout.isList {
      ValueListView.draw(
        state, below: layout.header, above: layout.panels[.findings] ?? layout.hints, of: &grid,
        context: context)
    }
    for panel in Panel.allCases {
      guard let rect = layout.panels[panel], !rect.isEmpty else { continue }
      draw(panel, state, in: rect, of: &grid, context: context)
    }
    if !layout.transport.isEmpty {
      TransportView.draw(state, in: layout.transport, of: &grid, context: context)
    }
    HintsView.draw(state, in: layout.hints, of: &grid)
    if state.isHelpShown { HelpView.draw(state, of: &grid, context: context) }
    return grid
  }

  private typealias PanelDrawing =
    @Sendable (DashboardState, CellRect, inout CellGrid, DrawContext) -> Void

  private static let drawings: [Panel: PanelDrawing] = [
    .loss: LossPanel.draw,
    .divergence: DivergencePanel.draw,
    .forgetting: ForgettingPanel.draw,
    .mode: ModePanel.draw,
    .sample: SamplePanel.draw,
    .findings: FindingsPanel.draw,
  ]

  private static func draw(
    _ panel: Panel, _ state: DashboardState, in rect: CellRect, of grid: inout CellGrid, context: DrawContext
  ) {
    drawings[panel]?(state, rect, &grid, context)
  }

  private static func drawTooSmall(in grid: inout CellGrid) {
    let need = DashboardLayout.minimumSize
    for (row, line) in [
      "kltop needs", "\(need.columns)x\(need.rows), this", "is \(grid.size.columns)x\(grid.size.rows)",
    ]
    .enumerated() {
      grid.write(line, x: 0, y: row, style: Style(.warning))
    }
  }
}
