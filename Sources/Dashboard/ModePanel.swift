internal import CellCanvas
internal import RunModel

/// What train and eval mode mean for both models, and, where there is room, how they changed over the run.
enum ModePanel {
  static func draw(_ state: DashboardState, in rect: CellRect, of grid: inout CellGrid, context: DrawContext)
  {
    let x = PanelFrame.draw(.mode, state, in: rect, of: &grid, context: context)
    let inside = rect.inset()
    let states = state.shown.modeStates(at: state.viewedStep)
    guard let shown = states.first else {
      return PanelFrame.drawMessage(
        "the log does not say in which mode the models are: log mode and grad_enabled (kltop_log.py does)",
        in: inside, of: &grid)
    }
    PanelFrame.drawInBorder(
      [FlexibleText([[TextRun("since step \(shown.sinceStep)", .faint)], []])], in: rect, from: x, of: &grid)
    ModeTable(modes: shown).draw(in: inside, of: &grid)
    var y = inside.y + ModeTable.rows
    for other in states.dropFirst() where y < inside.maxY {
      grid.write(
        FlexibleText.line([phaseText(other)], in: inside.columns, gap: 0), x: inside.x, y: y,
        maxColumns: inside.columns)
      y += 1
    }
    let strip = ModeStrip(state, glyphs: context.glyphs)
    let rest = CellRect(x: inside.x, y: y + 1, columns: inside.columns, rows: inside.maxY - y - 1)
    if rest.rows >= strip.rows { strip.draw(in: rest, panel: rect, of: &grid) }
  }

  /// How another phase stands, and since when.
  private static func phaseText(_ state: ModeState) -> FlexibleText {
    let models = [
      TextRun(DisplayWidth.pad(state.phase + ":", to: 6), .faint),
      TextRun(ModeText.mode(state.policy), .policy), TextRun(" \(ModeText.gradients(state.policy))", .faint),
      TextRun(" | ", .faint),
      TextRun(ModeText.mode(state.reference), .reference),
      TextRun(" \(ModeText.gradients(state.reference))", .faint),
    ]
    return FlexibleText([models + [TextRun("  since step \(state.sinceStep)", .faint)], models])
  }
}
