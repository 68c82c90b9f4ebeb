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
    let layout = ForgettingLayout(body: body, lines: table.lines.count)
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

  /// A logged KL has one direction only.
  private static func isLogged(_ state: DashboardState) -> Bool {
    if case .logged = state.forgetting.distance(in: state.shown) { true } else { false }
  }

  /// Lines of the table that cannot be seen at once.
  static func mostScroll(_ state: DashboardState, in body: CellRect) -> Int {
    let table = RetentionTable(
      state.runs.current.onScreen, columns: max(0, body.columns - 4), glyphs: .braille)
    let rect = ForgettingLayout(body: body, lines: table.lines.count).table
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
      isFraction: standing.isFraction, quantity: quantity, place: place, glyphs: context.glyphs
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
    scroll: { state, lines in state.forgetting.scroll = max(0, state.forgetting.scroll + lines) },
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

/// Where the parts of the page about forgetting go; arithmetic only.
package struct ForgettingLayout: Sendable, Hashable {
  package var table: CellRect
  /// The metrics over steps; `nil` where there is no room.
  package var chart: CellRect?
  /// One for each direction of the divergence, or one for the chosen direction.
  package var scatters: [CellRect] = []

  /// The room of all scatters, for one alone.
  var wholeScatter: CellRect? {
    guard let first = scatters.first, let last = scatters.last else { return nil }
    return CellRect(x: first.x, y: first.y, columns: last.maxX - first.x, rows: first.rows)
  }

  /// - Parameter lines: lines that the table would like to have.
  package init(body: CellRect, lines: Int) {
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
