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
      drawings[panel]?(state, rect, &grid, context)
    }
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
}

extension PageView {
  static let overview = PageView(
    draw: { OverviewPage.draw($0, in: $1, of: &$2, context: $3) },
    scroll: { state, lines in state.scroll = max(0, state.scroll + lines) },
    close: { $0.closeOverview() },
    click: { state, event, body in state.clickOverview(event, body: body) },
    limitScroll: { state, body in state.limitOverviewScroll(body: body) })
}

// MARK: - Input

extension DashboardState {
  /// A click focuses a panel, a second one maximises it; the wheel zooms charts and scrolls lists.
  fileprivate mutating func clickOverview(_ event: MouseEvent, body: CellRect) {
    let layout = OverviewLayout(body: body, state: self)
    guard let (panel, rect) = layout.panel(atX: event.x, y: event.y) else { return }
    switch event.kind {
    case .press: moveFocus(to: panel)
    case .doubleClick: isMaximised.toggle()
    case .wheelUp: turnWheel(by: -1, over: panel, x: event.x - rect.x, columns: rect.columns)
    case .wheelDown: turnWheel(by: 1, over: panel, x: event.x - rect.x, columns: rect.columns)
    case .release: break
    }
  }

  private mutating func turnWheel(by direction: Int, over panel: Panel, x: Int, columns: Int) {
    switch panel {
    case .loss, .divergence, .forgetting:
      let window = charts.window ?? steps
      let share = Double(x) / Double(max(1, columns - 1))
      let center = Int(nearest: Double(window.lowerBound) + share * window.span)
      zoom(by: direction < 0 ? 0.5 : 2, around: center)
    case .sample: moveSample(by: direction)
    case .mode, .findings: scroll(by: direction)
    }
  }

  fileprivate mutating func closeOverview() -> Bool {
    if charts.cursor != nil {
      charts.cursor = nil
    } else if isMaximised {
      isMaximised = false
    } else if charts.window != nil {
      charts.window = nil
    } else {
      return false
    }
    return true
  }

  fileprivate mutating func limitOverviewScroll(body: CellRect) {
    if scroll > 0 { scroll = min(scroll, mostOverviewScroll(body: body)) }
  }

  /// Lines that the focused panel's list can be scrolled by.
  private func mostOverviewScroll(body: CellRect) -> Int {
    guard let rect = OverviewLayout(body: body, state: self).panels[focus] else { return 0 }
    return switch focus {
    case .findings: FindingsPanel.mostScroll(self, in: rect)
    case .sample: SamplePanel.mostScroll(self, in: rect)
    case .loss, .divergence, .forgetting, .mode: 0
    }
  }
}
