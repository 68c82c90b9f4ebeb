internal import CellCanvas
internal import RunModel

/// The first line: run, step, what the source is doing, both models' switches, time.
enum HeaderView {
  static func draw(_ state: DashboardState, in rect: CellRect, of grid: inout CellGrid, context: DrawContext)
  {
    grid.fill(rect, with: Cell(.blank, style: Style(.header)))
    let run = runParts(state, context: context)
    let models = ModeText.header(state)
    guard rect.rows > 1 else { return drawLine(run + models, in: rect, y: rect.y, of: &grid) }
    drawLine(run, in: rect, y: rect.y, of: &grid)
    drawLine(models, in: rect, y: rect.y + 1, of: &grid)
  }

  private static func drawLine(_ parts: [FlexibleText], in rect: CellRect, y: Int, of grid: inout CellGrid) {
    let gap = rect.columns >= 100 ? 3 : 2
    let runs = FlexibleText.line(parts, in: rect.columns - 2, gap: gap)
    grid.write(runs, x: rect.x + 1, y: y, maxColumns: rect.columns - 1)
  }

  private static func runParts(_ state: DashboardState, context: DrawContext) -> [FlexibleText] {
    let header = Style(.header)
    let strong = Style(.header, bold: true)
    let name = Printable.text(state.shown.displayName, glyphs: context.glyphs)
    var parts = [
      FlexibleText([
        [TextRun("kltop", Style(.header)), TextRun("  " + name, strong)],
        [TextRun(DisplayWidth.truncate(name, to: 24, ellipsis: context.glyphs.marks.ellipsis), strong)],
        [TextRun(DisplayWidth.truncate(name, to: 8, ellipsis: context.glyphs.marks.ellipsis), strong)], [],
      ]),
      FlexibleText([[TextRun("step ", header), TextRun("\(state.step)", strong)]]),
      SourceText.state(state, context: context),
    ]
    if let undecided = state.shown.undecidedStep {
      let arrow = context.glyphs.isASCII ? "->" : "→"
      parts.append(
        FlexibleText([
          [TextRun("step went back \(undecided.fromStep) \(arrow) \(undecided.toStep)", .warning)],
          [TextRun("went back \(arrow) \(undecided.toStep)", .warning)], [],
        ]))
    }
    if let progress = state.shown.progress(at: state.step) {
      parts.append(TrainingProgressText.text(progress))
    }
    if let progress = LogitsFilesText.progress(state.shown.logitsFiles) { parts.append(progress) }
    if let rate = state.shown.stepsPerSecond(at: state.step), state.isLive(now: context.now) {
      parts.append(FlexibleText([[TextRun("\(NumberText.short(rate)) steps/s", header)], []]))
    }
    if let elapsed = state.shown.elapsed(at: state.step) {
      parts.append(FlexibleText([[TextRun(DurationText.clock(elapsed), header)], []]))
    }
    return parts
  }
}
