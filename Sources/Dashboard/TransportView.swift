internal import CellCanvas
internal import RunModel

/// Where a replay stands in its run, with marks for restarts.
enum TransportView {
  static func draw(_ state: DashboardState, in rect: CellRect, of grid: inout CellGrid, context: DrawContext)
  {
    guard let replay = state.replay else { return }
    let marks = context.glyphs.marks
    let sign = replay.isPlaying ? marks.playing : marks.paused
    let left =
      " \(sign) \(SourceText.speed(replay, glyphs: context.glyphs))  step \(state.step) of \(state.steps.upperBound) "
    let share = progress(state)
    let right = " \(Int((share * 100).rounded())) % "
    let x = rect.x + grid.write(left, x: rect.x, y: rect.y, style: Style(.text, bold: true))
    let columns = rect.maxX - x - DisplayWidth.of(right)
    grid.write(right, x: rect.maxX - DisplayWidth.of(right), y: rect.y)
    guard columns > 2 else { return }
    let bar = CellRect(x: x, y: rect.y, columns: columns, rows: 1)
    let cells = CurveWindow(
      firstStep: state.steps.lowerBound, lastStep: state.steps.upperBound, columns: columns)
    let position = cells.column(ofStep: state.step)
    grid.horizontalLine(x: bar.x, y: bar.y, columns: columns, style: .faint, glyphs: context.glyphs)
    grid.restyle(CellRect(x: bar.x, y: bar.y, columns: position, rows: 1)) { _ in Style(.selection) }
    for restart in state.shown.restarts {
      grid.set(
        x: bar.x + cells.column(ofStep: restart.toStep), y: bar.y,
        Cell(glyph: marks.event, style: Style(.warning)))
    }
    grid.set(x: bar.x + position, y: bar.y, Cell(glyph: marks.live, style: Style(.selection, bold: true)))
  }

  private static func progress(_ state: DashboardState) -> Double {
    let span = state.steps.span
    return span > 0 ? (Double(state.step) - Double(state.steps.lowerBound)) / span : 1
  }
}
