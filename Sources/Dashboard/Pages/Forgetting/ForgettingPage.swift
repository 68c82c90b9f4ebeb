package import CellCanvas
internal import RunAnalysis
internal import RunFeed
internal import RunModel

/// The page about forgetting: what was lost and won, over steps and against the divergence.
enum ForgettingPage {
  static func draw(_ state: DashboardState, in body: CellRect, of grid: inout CellGrid, context: DrawContext)
  {
    let table = RetentionTable(
      state.runs.current.onScreen, columns: max(0, body.columns - 4), glyphs: context.glyphs)
    let layout = layout(state, in: body, lines: table.lines.count, glyphs: context.glyphs)
    drawVerdict(state, layout, of: &grid, context: context)
    drawTable(table, state, in: layout.table, of: &grid, context: context)
    if let rect = layout.chart {
      ChartPanel.draw(
        .forgetting, ForgettingPanel.content(state, context: context), state, in: rect, of: &grid,
        context: context)
    }
    let scatters = isLogged(state) ? [layout.wholeScatter].compactMap(\.self) : layout.scatters
    for (index, rect) in scatters.enumerated() {
      let isSwapped =
        scatters.count == 1 ? state.charts.direction == .referencePolicy : index == 1
      drawScatter(state, isSwapped: isSwapped, in: rect, of: &grid, context: context)
    }
  }

  private static func layout(
    _ state: DashboardState, in body: CellRect, lines: Int, glyphs: GlyphSet
  ) -> ForgettingLayout {
    let columns = max(0, body.columns - 4)
    let most = ForgettingLayout.verdictLines(body)
    return ForgettingLayout(
      body: body, lines: lines,
      verdict: most == 0 ? 0 : VerdictText(state, columns: columns, most: most, glyphs: glyphs).lines.count,
      checkpoints: state.runs.current.onScreen.checkpointAdvice?.candidates.count ?? 0)
  }

  /// What was lost in sentences, and below it the checkpoints with the chosen one in sight.
  private static func drawVerdict(
    _ state: DashboardState, _ layout: ForgettingLayout, of grid: inout CellGrid, context: DrawContext
  ) {
    guard let rect = layout.verdict else { return }
    let glyphs = context.glyphs
    grid.box(rect, title: "verdict", style: Style(.border), titleStyle: Style(.title), glyphs: glyphs)
    let inside = rect.inset()
    let text = VerdictText(
      state, columns: inside.columns - 2, most: inside.rows - layout.checkpointRows, glyphs: glyphs)
    for (index, line) in text.lines.enumerated() {
      grid.write(line, x: inside.x + 1, y: inside.y + index, maxColumns: inside.columns - 2)
    }
    guard layout.checkpointRows > 2, let advice = state.runs.current.onScreen.checkpointAdvice else { return }
    let y = inside.maxY - layout.checkpointRows
    drawRule(checkpointTitle(advice), y: y, in: rect, of: &grid, glyphs: glyphs)
    let rows = layout.checkpointRows - 2
    let place = state.forgetting.place(in: advice)
    let first = max(0, min(place - rows / 2, advice.candidates.count - rows))
    let shown = first..<min(first + rows, advice.candidates.count)
    let table = CheckpointTable(
      advice: advice, run: state.shown, direction: state.charts.direction, shown: shown, glyphs: glyphs
    ).lines(in: inside.columns - 4)
    grid.write(table.heading, x: inside.x + 3, y: y + 1, maxColumns: inside.columns - 4)
    for (index, line) in table.rows.enumerated() {
      let lineY = y + 2 + index
      grid.write(line, x: inside.x + 3, y: lineY, maxColumns: inside.columns - 4)
      guard shown.lowerBound + index == place else { continue }
      grid.set(x: inside.x, y: lineY, Cell(glyph: glyphs.marks.playing, style: Style(.selection, bold: true)))
    }
    let hidden = advice.candidates.count - shown.count
    let more = hidden > 0 ? "  \(hidden) more: \(glyphs.marks.up) \(glyphs.marks.down)" : ""
    grid.write(
      " Enter samples at that step  b budgets\(more) ", x: rect.x + 2, y: rect.maxY - 1, style: .faint,
      maxColumns: max(0, rect.columns - 4))
  }

  private static func checkpointTitle(_ advice: CheckpointAdvice) -> String {
    let count = advice.candidates.count
    return advice.candidates[0].isSaved
      ? "checkpoints  \(count) saved" : "checkpoints  none saved: the \(count) evaluations"
  }

  /// A line through a box, with a title.
  private static func drawRule(
    _ title: String, y: Int, in rect: CellRect, of grid: inout CellGrid, glyphs: GlyphSet
  ) {
    grid.horizontalLine(x: rect.x + 1, y: y, columns: rect.columns - 2, style: Style(.border), glyphs: glyphs)
    grid.set(x: rect.x, y: y, Cell(glyph: glyphs.box.teeRight, style: Style(.border)))
    grid.set(x: rect.maxX - 1, y: y, Cell(glyph: glyphs.box.teeLeft, style: Style(.border)))
    let legend = "  \(glyphs.marks.keep) keep  \(glyphs.marks.silent) no other is better in both"
    var runs = [TextRun(" \(title) ", .title)]
    if runs.columns + DisplayWidth.of(legend) + 4 <= rect.columns {
      runs.append(TextRun(legend + " ", .faint))
    }
    grid.write(runs, x: rect.x + 1, y: y, maxColumns: rect.columns - 2)
  }

  /// A logged KL has one direction only.
  private static func isLogged(_ state: DashboardState) -> Bool {
    if case .logged = state.forgetting.distance(in: state.shown) { true } else { false }
  }

  /// Lines of the table that cannot be seen at once.
  static func mostScroll(_ state: DashboardState, in body: CellRect) -> Int {
    let table = RetentionTable(
      state.runs.current.onScreen, columns: max(0, body.columns - 4), glyphs: .braille)
    let rect = layout(state, in: body, lines: table.lines.count, glyphs: .braille).table
    return max(0, table.lines.count - rect.inset().rows)
  }

  private static func drawTable(
    _ table: RetentionTable, _ state: DashboardState, in rect: CellRect, of grid: inout CellGrid,
    context: DrawContext
  ) {
    let title = "retention"
    grid.box(
      rect, title: title, style: Style(.border), titleStyle: Style(.title), glyphs: context.glyphs)
    let inside = rect.inset()
    guard !table.lines.isEmpty else {
      return PanelFrame.drawMessage(
        "nothing in this log tells what the model can do: log eval/old/accuracy, or any accuracy, score, perplexity or loss of an evaluation",
        in: inside, of: &grid)
    }
    let hidden = table.lines.count - inside.rows
    let scroll = min(state.forgetting.scroll, max(0, hidden))
    let about = FlexibleText([
      [TextRun("at step \(state.step), against the first evaluation", .faint)],
      [TextRun("at step \(state.step)", .faint)],
    ])
    let more = [TextRun("\(hidden - scroll) more: \(context.glyphs.marks.down)", .note)]
    PanelFrame.drawInBorder(
      [about] + (hidden > scroll ? [FlexibleText([more, []])] : []), in: rect,
      from: rect.x + 1 + title.count + 2, of: &grid)
    for (index, line) in table.lines.dropFirst(scroll).prefix(inside.rows).enumerated() {
      grid.write(line, x: inside.x + 1, y: inside.y + index, maxColumns: inside.columns - 2)
    }
  }

  private static func drawScatter(
    _ state: DashboardState, isSwapped: Bool, in rect: CellRect, of grid: inout CellGrid, context: DrawContext
  ) {
    let run = state.shown
    guard let metric = state.forgetting.metric(in: run), let distance = state.forgetting.distance(in: run),
      let standing = run.standing(of: metric)
    else { return drawNoScatter(in: rect, of: &grid, context: context) }
    let direction = isSwapped ? DivergenceDirection.referencePolicy : .policyReference
    let (quantity, place): (String, String) =
      switch distance {
      case .probe(let probe): (direction.name(glyphs: context.glyphs), probe.label)
      case .logged(let id): ("the logged KL", run.series[id].name)
      }
    ScatterPanel(
      scatter: run.scatter(of: metric, against: distance, swapped: isSwapped), metric: metric,
      isFraction: standing.isFraction, quantity: quantity, place: place,
      look: SetLooks(run).look(ofSet: SetLooks.set(ofKey: metric.name), glyphs: context.glyphs)
        ?? CurveLook(0, glyphs: context.glyphs), glyphs: context.glyphs
    ).draw(in: rect, of: &grid)
  }

  private static func drawNoScatter(in rect: CellRect, of grid: inout CellGrid, context: DrawContext) {
    grid.box(
      rect, title: "lost against the divergence", style: Style(.border), titleStyle: Style(.title),
      glyphs: context.glyphs)
    PanelFrame.drawMessage(
      "needs an evaluation metric and a divergence, recomputed or logged", in: rect.inset(), of: &grid)
  }
}

extension PageView {
  static let forgetting = PageView(
    draw: { ForgettingPage.draw($0, in: $1, of: &$2, context: $3) },
    scroll: { state, lines in
      state.forgetting.move(by: lines, in: state.runs.current.onScreen.checkpointAdvice)
    },
    close: { _ in false },
    click: { state, event, _ in
      switch event.kind {
      case .wheelUp: state.forgetting.scroll = max(0, state.forgetting.scroll - 1)
      case .wheelDown: state.forgetting.scroll += 1
      case .press, .release, .doubleClick: break
      }
    },
    limitScroll: { state, body in
      guard state.forgetting.scroll > 0 else { return }
      state.forgetting.scroll = min(state.forgetting.scroll, ForgettingPage.mostScroll(state, in: body))
    })
}

extension DashboardState {
  /// Shows the samples as they were at the chosen checkpoint.
  mutating func openCheckpoint() {
    guard let advice = runs.current.onScreen.checkpointAdvice else { return }
    let step = advice.candidates[forgetting.place(in: advice)].checkpoint.step
    page = .samples
    (samples.isOpen, samples.top) = (false, 0)
    if isReplay { seek(to: step) } else { charts.cursor = step }
  }
}

/// Where the parts of the page about forgetting go; arithmetic only.
package struct ForgettingLayout: Sendable, Hashable {
  package var table: CellRect
  /// Sentences and checkpoints; `nil` where there is no room.
  package var verdict: CellRect?
  /// Rows of the checkpoints in it: a rule, a heading, a line each; 0 without any.
  package var checkpointRows = 0
  /// The metrics over steps; `nil` where there is no room.
  package var chart: CellRect?
  /// One for each direction of the divergence, or one for the chosen direction.
  package var scatters: [CellRect] = []

  /// The room of all scatters, for one alone.
  var wholeScatter: CellRect? {
    guard let first = scatters.first, let last = scatters.last else { return nil }
    return CellRect(x: first.x, y: first.y, columns: last.maxX - first.x, rows: first.rows)
  }

  /// Lines of sentences that a page has room for.
  static func verdictLines(_ body: CellRect) -> Int {
    body.rows < leastVerdict || body.columns < leastColumns
      ? 0 : body.rows < roomyVerdict ? 2 : body.rows < 50 ? 4 : 6
  }

  private static let leastVerdict = 12
  private static let roomyVerdict = 18

  /// - Parameters:
  ///   - lines: lines that the table would like to have.
  ///   - verdict: lines of the sentences above it.
  ///   - checkpoints: checkpoints to choose from.
  package init(body: CellRect, lines: Int, verdict: Int = 0, checkpoints: Int = 0) {
    guard verdict > 0 else {
      self.init(below: body, lines: lines)
      return
    }
    let usual =
      checkpoints > 0 && body.rows >= Self.leastCheckpoints ? 2 + min(checkpoints, max(3, body.rows / 5)) : 0
    let rest = body.rows - 2 - verdict - usual
    // Without scatters the checkpoints have the rows that the table leaves.
    let spare =
      rest < Self.leastTable + Self.leastScatter ? max(0, rest - max(Self.leastTable, lines + 2)) : 0
    let checkpointRows = usual == 0 ? 0 : min(usual + spare, 2 + checkpoints)
    let rows = min(2 + verdict + checkpointRows, body.rows)
    self.init(
      below: CellRect(x: body.x, y: body.y + rows, columns: body.columns, rows: body.rows - rows),
      lines: lines)
    self.verdict = CellRect(x: body.x, y: body.y, columns: body.columns, rows: rows)
    self.checkpointRows = checkpointRows
  }

  private static let leastCheckpoints = 17

  private init(below body: CellRect, lines: Int) {
    guard body.rows >= Self.leastTable + Self.leastScatter, body.columns >= Self.leastColumns else {
      table = body
      return
    }
    let wanted = max(Self.leastTable, min(lines + 2, body.rows * 2 / 5))
    let tableRows = min(wanted, body.rows - Self.leastScatter)
    table = CellRect(x: body.x, y: body.y, columns: body.columns, rows: tableRows)
    var rest = CellRect(
      x: body.x, y: table.maxY, columns: body.columns, rows: body.rows - tableRows)
    if rest.rows >= Self.chartFloor {
      let rows = rest.rows * 2 / 5
      chart = CellRect(x: rest.x, y: rest.y, columns: rest.columns, rows: rows)
      rest = CellRect(x: rest.x, y: rest.y + rows, columns: rest.columns, rows: rest.rows - rows)
    }
    guard rest.columns >= Self.twoScatters else {
      scatters = [rest]
      return
    }
    let left = rest.columns / 2
    scatters = [
      CellRect(x: rest.x, y: rest.y, columns: left, rows: rest.rows),
      CellRect(x: rest.x + left, y: rest.y, columns: rest.columns - left, rows: rest.rows),
    ]
  }

  private static let leastTable = 5
  private static let leastScatter = 9
  private static let leastColumns = 40
  /// Both directions of the divergence beside each other.
  private static let twoScatters = 100
  /// A page with so many rows below the table has room for curves as well.
  private static let chartFloor = 26
}
