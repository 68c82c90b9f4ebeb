internal import CellCanvas

/// The page with the panels of the run that is looked at.
enum OverviewPage {
  static func draw(_ state: DashboardState, in body: CellRect, of grid: inout CellGrid, context: DrawContext)
  {
    let layout = OverviewLayout(body: body, state: state)
    if layout.isList {
      let list = CellRect(
        x: body.x, y: body.y, columns: body.columns,
        rows: (layout.panels[.findings]?.y ?? body.maxY) - body.y)
      ValueListView.draw(state, in: list, of: &grid, context: context)
    }
    for panel in Panel.allCases {
      guard let rect = layout.panels[panel], !rect.isEmpty else { continue }
      if let chart = chart(panel, state, in: rect, context: context) {
        chart.draw(of: &grid)
      } else {
        drawings[panel]?(state, rect, &grid, context)
      }
    }
  }

  /// The chart of a panel; `nil` where it shows something else.
  static func chart(
    _ panel: Panel, _ state: DashboardState, in rect: CellRect, context: DrawContext
  ) -> ChartPanel? {
    contents[panel].map { ChartPanel(panel, $0(state, context), state, in: rect, context: context) }
  }

  private typealias PanelDrawing =
    @Sendable (DashboardState, CellRect, inout CellGrid, DrawContext) -> Void

  private static let drawings: [Panel: PanelDrawing] = [
    .mode: ModePanel.draw,
    .sample: SamplePanel.draw,
    .findings: FindingsPanel.draw,
  ]

  static let contents: [Panel: @Sendable (DashboardState, DrawContext) -> ChartContent] = [
    .loss: { LossPanel.content($0, context: $1) },
    .divergence: { DivergencePanel.content($0, context: $1) },
    .forgetting: { ForgettingPanel.content($0, context: $1) },
  ]
}

extension PageView {
  static let overview = PageView(
    draw: { OverviewPage.draw($0, in: $1, of: &$2, context: $3) },
    scroll: { state, lines in state.scrollOverview(by: lines) },
    close: { $0.closeOverview() },
    click: { state, event, body in state.clickOverview(event, body: body) },
    limitScroll: { state, body in state.limitOverviewScroll(body: body) })
}

// MARK: - Input

extension DashboardState {
  /// A click focuses a panel and puts the crosshair into a chart, a second one maximises it; the wheel zooms charts and
  /// scrolls lists, and what is dragged over steps is zoomed in on.
  fileprivate mutating func clickOverview(_ event: MouseEvent, body: CellRect) {
    let layout = OverviewLayout(body: body, state: self)
    guard let (panel, rect) = layout.panel(atX: event.x, y: event.y) else { return }
    let context = DrawContext(glyphs: .braille, now: 0)
    if let chart = OverviewPage.chart(panel, self, in: rect, context: context) {
      switch event.kind {
      case .press: moveFocus(to: panel)
      case .doubleClick: overview.isMaximised.toggle()
      case .release, .wheelUp, .wheelDown: break
      }
      return point(event, at: chart.pointer(atX: event.x, y: event.y))
    }
    switch event.kind {
    case .press: moveFocus(to: panel)
    case .doubleClick: overview.isMaximised.toggle()
    case .wheelUp: turnWheel(by: -1, over: panel)
    case .wheelDown: turnWheel(by: 1, over: panel)
    case .release: break
    }
  }

  private mutating func turnWheel(by direction: Int, over panel: Panel) {
    if panel == .sample { moveSample(by: direction) } else { scrollOverview(by: direction) }
  }

  fileprivate mutating func scrollOverview(by lines: Int) {
    overview.scroll = max(0, overview.scroll + lines)
  }

  mutating func moveFocus(to panel: Panel) {
    if overview.focus != panel { overview.scroll = 0 }
    overview.focus = panel
  }

  fileprivate mutating func closeOverview() -> Bool {
    if charts.cursor != nil {
      charts.cursor = nil
    } else if overview.isMaximised {
      overview.isMaximised = false
    } else if charts.window != nil {
      showAllSteps()
    } else {
      return false
    }
    return true
  }

  fileprivate mutating func limitOverviewScroll(body: CellRect) {
    if overview.scroll > 0 { overview.scroll = min(overview.scroll, mostOverviewScroll(body: body)) }
  }

  /// Lines that the focused panel's list can be scrolled by.
  private func mostOverviewScroll(body: CellRect) -> Int {
    guard let rect = OverviewLayout(body: body, state: self).panels[overview.focus] else { return 0 }
    return switch overview.focus {
    case .findings: FindingsPanel.mostScroll(self, in: rect)
    case .sample: SamplePanel.mostScroll(self, in: rect)
    case .loss, .divergence, .forgetting, .mode: 0
    }
  }
}
