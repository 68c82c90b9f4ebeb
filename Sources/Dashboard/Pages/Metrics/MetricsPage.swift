internal import CellCanvas
internal import RunModel

/// Every key of the log as a small chart.
enum MetricsPage {
  static func draw(_ state: DashboardState, in body: CellRect, of grid: inout CellGrid, context: DrawContext)
  {
    let layout = MetricsLayout(state, body: body)
    if state.metrics.isMaximised, let chart = maximised(state, layout, in: body, context: context) {
      return chart.draw(of: &grid)
    }
    drawCaption(state, layout, of: &grid, context: context)
    guard !layout.list.lines.isEmpty else {
      let text =
        layout.list.totalCount == 0
        ? "no numbers in this log yet" : "no key fits: / changes the filter, Esc takes it away"
      return PanelFrame.drawMessage(text, in: body, of: &grid)
    }
    let selected = layout.list.place(of: state.metrics.selection)
    for (line, rect) in layout.visible {
      switch layout.list.lines[line] {
      case .heading(let name, let count, let isCollapsed):
        drawHeading(
          name, count: count, isCollapsed: isCollapsed, isSelected: selected?.line == line, in: rect,
          of: &grid,
          glyphs: context.glyphs)
      case .metrics(let ids):
        for (place, id) in ids.enumerated() {
          MetricCell(id: id, isSelected: selected.map { $0 == (line, place) } ?? false)
            .draw(state, in: layout.rect(ofPlace: place, in: rect), of: &grid, context: context)
        }
      }
    }
  }

  /// The selected key on the whole page; `nil` where none is selected.
  static func maximised(
    _ state: DashboardState, _ layout: MetricsLayout, in body: CellRect, context: DrawContext
  ) -> ChartPanel? {
    guard let id = layout.list.series(of: state.metrics.selection) else { return nil }
    let series = state.shown.series[id]
    let curve = ChartCurve(
      series: id, of: state, label: series.name, look: CurveLook(0, glyphs: context.glyphs),
      context: context)
    let axis = FlexibleText(
      MetricText.meanings(id, of: state.shown).map {
        [TextRun(Printable.text($0, glyphs: context.glyphs), .faint)]
      } + [[]])
    let frame = ChartPanel.Frame(
      title: DisplayWidth.truncate(
        Printable.text(series.name, glyphs: context.glyphs), to: max(4, body.columns - 8),
        ellipsis: context.glyphs.marks.ellipsis),
      isFocused: true, isLogarithmic: state.metrics.logarithmic.contains(series.name), hasModes: true)
    return ChartPanel(
      frame, ChartContent(axis: axis, curves: [curve], emptyMessage: ""), state, in: body, context: context)
  }

  /// How many keys there are and which are shown, and the steps of all charts.
  private static func drawCaption(
    _ state: DashboardState, _ layout: MetricsLayout, of grid: inout CellGrid, context: DrawContext
  ) {
    let list = layout.list
    let steps = state.chartSteps
    let through = context.glyphs.isASCII ? "-" : "–"
    var texts = [
      FlexibleText([
        [
          TextRun("\(list.shownCount) of \(list.totalCount) ", .text, bold: true),
          TextRun("keys of the log", .text),
        ], [TextRun("\(list.shownCount) of \(list.totalCount)", .text, bold: true)],
      ])
    ]
    if !state.metrics.filter.isEmpty {
      texts.append(
        FlexibleText([
          [
            TextRun("filter ", .faint),
            TextRun(Printable.text(state.metrics.filter, glyphs: context.glyphs), .key, bold: true),
          ]
        ]))
    }
    if state.metrics.filter.hasPrefix("/"),
      state.shown.series.contains(where: { $0.name.utf8.count > MetricFilter.mostCharacters })
    {
      texts.append(
        FlexibleText([
          [TextRun("of long keys their first \(MetricFilter.mostCharacters) characters", .note)],
          [TextRun("long keys in part", .note)],
        ]))
    }
    let order = state.metrics.order == .name ? "by name" : "by change over the last tenth"
    texts.append(
      FlexibleText([[TextRun(order, .faint)], [TextRun("by \(state.metrics.order.rawValue)", .faint)], []]))
    if let crosshair = state.crosshair {
      texts.append(FlexibleText([[TextRun("values at step \(crosshair)", .selection, bold: true)]]))
    }
    texts.append(
      FlexibleText([[TextRun("steps \(steps.lowerBound)\(through)\(steps.upperBound)", .faint)], []]))
    if let remark = state.charts.remark { texts.append(FlexibleText([[TextRun(remark, .note)], []])) }
    let runs = FlexibleText.line(texts, in: layout.caption.columns - 2, gap: 3)
    grid.write(
      runs, x: layout.caption.x + 1, y: layout.caption.y, maxColumns: max(0, layout.caption.columns - 1))
  }

  private static func drawHeading(
    _ name: String, count: Int, isCollapsed: Bool, isSelected: Bool, in rect: CellRect,
    of grid: inout CellGrid,
    glyphs: GlyphSet
  ) {
    let marks = glyphs.marks
    let fold = isCollapsed ? "+" : marks.minus
    let sign = isSelected ? "\(marks.playing)" : " "
    grid.horizontalLine(x: rect.x, y: rect.y, columns: rect.columns, style: .faint, glyphs: glyphs)
    let text = Printable.text(name, glyphs: glyphs)
    grid.write(
      [
        TextRun("\(sign)\(fold) ", isSelected ? .selection : .faint),
        TextRun(text, Style(.title, bold: isSelected)),
        TextRun("  \(count)\(isCollapsed ? " hidden, Enter shows them" : "") ", .faint),
      ], x: rect.x, y: rect.y, maxColumns: rect.columns)
  }
}

extension PageView {
  static let metrics = PageView(
    draw: { MetricsPage.draw($0, in: $1, of: &$2, context: $3) },
    scroll: { state, lines in state.moveMetric(down: lines) },
    close: { $0.closeMetrics() },
    click: { state, event, body in state.clickMetrics(event, body: body) },
    limitScroll: { state, body in state.metrics.across = MetricsLayout.across(body) })
}

// MARK: - Input

extension DashboardState {
  fileprivate mutating func closeMetrics() -> Bool {
    if charts.cursor != nil {
      charts.cursor = nil
    } else if metrics.isMaximised {
      metrics.isMaximised = false
    } else if charts.window != nil {
      showAllSteps()
    } else if !metrics.filter.isEmpty {
      filterMetrics(by: "")
    } else {
      return false
    }
    return true
  }

  /// A click selects, a second one maximises or folds; the wheel scrolls the list and zooms a maximised chart.
  fileprivate mutating func clickMetrics(_ event: MouseEvent, body: CellRect) {
    let layout = MetricsLayout(self, body: body)
    let context = DrawContext(glyphs: .braille, now: 0)
    if metrics.isMaximised, let chart = MetricsPage.maximised(self, layout, in: body, context: context) {
      if event.kind == .doubleClick { metrics.isMaximised = false }
      return point(event, at: chart.pointer(atX: event.x, y: event.y))
    }
    switch event.kind {
    case .press: metrics.selection = layout.selection(atX: event.x, y: event.y) ?? metrics.selection
    case .doubleClick: openMetric()
    case .wheelUp: moveMetric(down: -1)
    case .wheelDown: moveMetric(down: 1)
    case .release: break
    }
  }
}

/// What the keys of the metrics page do.
extension DashboardState {
  /// The keys below each other as the last screen showed them.
  private var metricsList: MetricsList { MetricsList(self, across: metrics.across) }

  mutating func moveMetric(down lines: Int) {
    metrics.selection = metricsList.moved(metrics.selection, down: lines)
  }

  /// Moves to the next key, or where one key has the page or the crosshair is there, the crosshair.
  mutating func moveMetric(across items: Int) {
    if metrics.isMaximised || charts.cursor != nil { return moveCrosshair(by: items) }
    metrics.selection = metricsList.moved(metrics.selection, across: items)
  }

  /// Moves to the next key, or where one key has the page, pans.
  mutating func moveMetricOrPan(_ direction: Int) {
    if metrics.isMaximised { return pan(by: Double(direction) / 4) }
    metrics.selection = metricsList.moved(metrics.selection, across: direction)
  }

  /// Maximises the selected key, or shows and hides the keys below the selected heading.
  mutating func openMetric() {
    if metrics.isMaximised || metricsList.series(of: metrics.selection) != nil {
      metrics.isMaximised.toggle()
    } else {
      foldMetrics()
    }
  }

  /// Shows or hides the keys below the heading of the selection, which is selected then.
  mutating func foldMetrics() {
    guard let heading = metricsList.heading(of: metrics.selection) else { return }
    metrics.collapsed.formSymmetricDifference([heading])
    metrics.selection = .heading(heading)
    metrics.isMaximised = false
  }

  mutating func pinMetric() {
    guard let id = metricsList.series(of: metrics.selection) else { return }
    metrics.selection = .metric(shown.series[id].name)
    metrics.togglePin(shown.series[id].name)
  }

  mutating func changeMetricScale() {
    guard let id = metricsList.series(of: metrics.selection) else { return }
    metrics.logarithmic.formSymmetricDifference([shown.series[id].name])
  }

  /// Moves to the first or the last key.
  mutating func moveMetricToEnd(_ direction: Int) {
    let list = metricsList
    let line = direction < 0 ? 0 : list.lines.count - 1
    metrics.selection = list.selection(line: line, place: direction < 0 ? 0 : .max)
  }

  mutating func openMetricPrompt() {
    let before = metrics.filter
    prompt = Prompt(
      label: "/", help: "part of a name, a pattern like eval/*acc*, or /regular expression/", text: before,
      changed: { $0.filterMetrics(by: $1) }, accepted: { state, text, _ in state.filterMetrics(by: text) },
      cancelled: { _ = $0.filterMetrics(by: before) })
  }

  /// - Returns: what is wrong with the filter.
  @discardableResult
  mutating func filterMetrics(by text: String) -> String? {
    metrics.filter(by: text, among: shown.series.map(\.name))
  }
}
