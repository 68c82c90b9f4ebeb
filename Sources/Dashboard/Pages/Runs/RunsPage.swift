internal import CellCanvas
internal import RunFeed

/// The page with all runs beside each other.
enum RunsPage {
  static func draw(_ state: DashboardState, in page: CellRect, of grid: inout CellGrid, context: DrawContext)
  {
    let (body, below) = parts(of: page, runs: state.runs.runs.count)
    grid.box(
      body, title: "runs", style: Style(.focusedBorder), titleStyle: Style(.title, bold: true),
      glyphs: context.glyphs)
    let table = RunsTable(state, in: inside(body), glyphs: context.glyphs)
    if let pane = configuration(state, glyphs: context.glyphs) {
      if below.rows >= RunsCharts.leastRows {
        pane.draw(in: below, scroll: state.runsTable.configurationScroll, of: &grid)
      }
    } else {
      RunsCharts(state, measures: table.measures.dropFirst(table.hiddenBefore), in: below, context: context)
        .draw(of: &grid)
    }
    PanelFrame.drawInBorder(
      borderTexts(state, table), in: body, from: body.x + 7, of: &grid)
    drawHeadings(table, state, y: body.y + 1, of: &grid, context: context)
    for (place, row) in table.shownRows.enumerated() {
      draw(row, of: table, at: table.y(ofRow: place), in: body, state: state, of: &grid, context: context)
    }
    drawMore(table, in: body, of: &grid, glyphs: context.glyphs)
  }

  /// What the runs were configured with; `nil` where charts stand in its place.
  private static func configuration(_ state: DashboardState, glyphs: GlyphSet) -> ConfigurationPane? {
    switch state.runsTable.below {
    case .usual where state.runs.visible.count == 1, .all:
      ConfigurationPane(state, showsAll: true, glyphs: glyphs)
    case .differing: ConfigurationPane(state, showsAll: false, glyphs: glyphs)
    case .usual, .charts: nil
    }
  }

  /// The table, and what is left for charts below it.
  static func parts(of body: CellRect, runs: Int) -> (table: CellRect, charts: CellRect) {
    let wanted = runs + RunsTable.headingRows + 2
    let rows = min(wanted, body.rows / 2)
    guard body.rows - rows >= RunsCharts.leastRows else {
      return (body, CellRect(x: body.x, y: body.maxY, columns: body.columns, rows: 0))
    }
    return (
      CellRect(x: body.x, y: body.y, columns: body.columns, rows: rows),
      CellRect(x: body.x, y: body.y + rows, columns: body.columns, rows: body.rows - rows)
    )
  }

  /// Inside of the border, with a blank to the right.
  static func inside(_ body: CellRect) -> CellRect {
    let inset = body.inset()
    return CellRect(x: inset.x, y: inset.y, columns: max(0, inset.columns - 1), rows: max(0, inset.rows))
  }

  private static func borderTexts(_ state: DashboardState, _ table: RunsTable) -> [FlexibleText] {
    let all = state.runs.runs.count
    let shown = state.runs.visible.count
    var words = ["\(all) watched"]
    if shown < all { words.append("\(shown) in charts") }
    return words.map { FlexibleText([[TextRun($0, .note)], []]) }
  }

  private static func drawHeadings(
    _ table: RunsTable, _ state: DashboardState, y: Int, of grid: inout CellGrid, context: DrawContext
  ) {
    for group in table.groups {
      let label = DisplayWidth.truncate(
        Printable.text(group.label, glyphs: context.glyphs), to: group.columns,
        ellipsis: context.glyphs.marks.ellipsis)
      grid.write(
        DisplayWidth.pad(label, to: group.columns, alignment: .right), x: group.x, y: y, style: Style(.text),
        maxColumns: group.columns)
    }
    for column in table.columns {
      let isSorted = column.sort != nil && column.sort == state.runsTable.sort
      let arrow = state.runsTable.isDescending ? context.glyphs.marks.down : context.glyphs.marks.up
      let heading = isSorted ? "\(column.heading)\(arrow)" : column.heading
      grid.write(
        DisplayWidth.pad(heading, to: column.columns, alignment: column.alignment), x: column.x, y: y + 1,
        style: isSorted ? Style(.key, bold: true) : .faint, maxColumns: column.columns)
    }
    grid.write("source", x: table.sourceX, y: y + 1, style: .faint)
  }

  private static func draw(
    _ row: RunsRow, of table: RunsTable, at y: Int, in body: CellRect, state: DashboardState,
    of grid: inout CellGrid, context: DrawContext
  ) {
    guard let watched = state.runs[row.index] else { return }
    let marks = context.glyphs.marks
    let isShown = state.runs.visible.contains(row.index)
    let mark = isShown ? marks.series[row.index % marks.series.count] : context.glyphs.isASCII ? "." : "·"
    let isCursor = state.runsTable.cursor == row.index
    if isCursor { grid.write("\(marks.playing)", x: body.x + 1, y: y, style: Style(.selection, bold: true)) }
    grid.write("\(mark)", x: body.x + 3, y: y, style: isShown ? .series(row.index, bold: true) : .faint)
    let base = isShown ? Style(.text, bold: row.index == state.runs.selected) : .faint
    for column in table.columns {
      grid.write(
        DisplayWidth.pad(column.text(row), to: column.columns, alignment: column.alignment), x: column.x,
        y: y,
        style: base, maxColumns: column.columns)
    }
    let source = SourceText.source(of: watched, isReplay: state.isReplay, context: context)
    let runs = FlexibleText.line([source], in: RunsTable.sourceColumns - 1, gap: 0)
    grid.write(runs, x: table.sourceX, y: y, maxColumns: RunsTable.sourceColumns - 1)
    if row.index == state.runs.baseline {
      grid.write("B", x: body.x + 2, y: y, style: Style(.note, bold: true))
    }
    if isCursor {
      grid.restyle(CellRect(x: body.x + 1, y: y, columns: body.columns - 2, rows: 1)) { style in
        var style = style
        style.underlined = true
        return style
      }
    }
  }

  /// What there is no room for, in the lower border.
  private static func drawMore(
    _ table: RunsTable, in body: CellRect, of grid: inout CellGrid, glyphs: GlyphSet
  ) {
    var words: [String] = []
    if table.hiddenBefore > 0 { words.append("\(glyphs.marks.left) \(table.hiddenBefore) more measures") }
    if table.hiddenBehind > 0 { words.append("\(table.hiddenBehind) more measures \(glyphs.marks.right)") }
    if table.firstRow > 0 { words.append("\(table.firstRow) above") }
    let below = table.rows.count - table.firstRow - table.shownRows.count
    if below > 0 { words.append("\(below) below") }
    guard !words.isEmpty else { return }
    grid.write(
      " " + words.joined(separator: "  ") + " ", x: body.x + 2, y: body.maxY - 1, style: Style(.note),
      maxColumns: max(0, body.columns - 4))
  }
}

extension PageView {
  static let runs = PageView(
    draw: { RunsPage.draw($0, in: $1, of: &$2, context: $3) },
    scroll: { state, lines in state.moveRunsCursor(by: lines) },
    close: { _ in false },
    click: { state, event, body in state.clickRuns(event, body: body) },
    limitScroll: { _, _ in })
}

// MARK: - Input

extension DashboardState {
  /// Glyphs do not move columns, so any set tells where they stand.
  private func runsTable(in body: CellRect) -> RunsTable {
    RunsTable(
      self, in: RunsPage.inside(RunsPage.parts(of: body, runs: runs.runs.count).table), glyphs: .braille)
  }

  mutating func moveRunsCursor(by lines: Int) {
    let order = RunsRow.all(self, measures: sortedMeasures).map(\.index)
    let place = order.firstIndex(of: runsTable.cursor) ?? 0
    runsTable.cursor = order[min(max(place + lines, 0), order.count - 1)]
  }

  /// The measure that the order of the rows depends on.
  private var sortedMeasures: [ComparedMetric] {
    switch runsTable.sort {
    case .order, .name, .step: []
    case .last(let measure), .extreme(let measure), .difference(let measure): [measure]
    }
  }

  /// Sorts by the next column that can be sorted by, the order of the list among them.
  mutating func sortRunsByNextColumn() {
    let measures = ComparedMetric.all(in: runs.runs.map(\.shown), direction: charts.direction)
    let sorts: [RunsColumn] =
      [.order, .name, .step]
      + measures.flatMap { measure -> [RunsColumn] in
        [.last(measure)] + (runs.baseline == nil ? [] : [.difference(measure)]) + [.extreme(measure)]
      }
    let place = sorts.firstIndex(of: runsTable.sort) ?? -1
    runsTable.sort(by: sorts[(place + 1) % sorts.count])
  }

  mutating func moveRunsMeasure(by offset: Int) {
    let count = ComparedMetric.all(in: runs.runs.map(\.shown), direction: charts.direction).count
    runsTable.firstMeasure = min(max(runsTable.firstMeasure + offset, 0), max(0, count - 1))
  }

  /// A click on a heading sorts, on a run chooses it, twice looks at it; the wheel moves through the runs.
  fileprivate mutating func clickRuns(_ event: MouseEvent, body: CellRect) {
    let table = runsTable(in: body)
    switch event.kind {
    case .wheelUp: moveRunsCursor(by: -1)
    case .wheelDown: moveRunsCursor(by: 1)
    case .press where event.y <= body.y + RunsTable.headingRows:
      let column = table.columns.first { $0.x <= event.x && event.x < $0.x + $0.columns }
      if let sort = column?.sort { runsTable.sort(by: sort) }
    case .press, .doubleClick:
      let place = event.y - table.y(ofRow: 0)
      guard place >= 0, let row = table.shownRows.dropFirst(place).first else { return }
      runsTable.cursor = row.index
      if event.kind == .doubleClick { look(atRun: row.index) }
    case .release: break
    }
  }

  /// Goes from curves to the keys that differ, to all keys, and back.
  mutating func showNextBelowRuns() {
    runsTable.configurationScroll = 0
    let isAlone = runs.visible.count == 1
    runsTable.below =
      switch runsTable.below {
      case .usual: isAlone ? .charts : .differing
      case .differing: .all
      case .all, .charts: .usual
      }
  }

  mutating func scrollConfiguration(by lines: Int) {
    let pane = ConfigurationPane(self, showsAll: runsTable.below != .differing, glyphs: .braille)
    runsTable.configurationScroll = min(
      max(0, runsTable.configurationScroll + lines), max(0, pane.count - 1))
  }

  /// Shows a run on the overview.
  mutating func look(atRun index: Int) {
    select(run: index)
    page = .overview
  }

  /// Looks at the run before or behind the present one; the list is a ring.
  mutating func lookAtNextRun(by offset: Int) {
    let count = runs.runs.count
    select(run: ((runs.selected + offset) % count + count) % count)
    runsTable.cursor = runs.selected
  }
}
