package import CellCanvas

/// Where the panels of the overview go; arithmetic only.
package struct OverviewLayout: Sendable, Hashable {
  package var panels: [Panel: CellRect]
  /// True where panels do not fit and last values are listed instead.
  package var isList: Bool

  init(body: CellRect, state: DashboardState) {
    self.init(
      body: body, maximised: state.overview.isMaximised ? state.overview.focus : nil,
      focus: state.overview.focus,
      findings: state.findingLines)
  }

  /// - Parameters:
  ///   - body: the part of the screen between header and transport.
  ///   - maximised: the panel that has the whole body.
  ///   - focus: a panel that is on the screen even where there is no room for all.
  ///   - findings: lines the findings would like to have.
  package init(body: CellRect, maximised: Panel?, focus: Panel? = nil, findings: Int) {
    let findingRows = Self.findingRows(wanted: findings, body: body)
    let main = CellRect(x: body.x, y: body.y, columns: body.columns, rows: body.rows - findingRows)
    isList = maximised == nil && (main.rows < Self.chartFloor || main.columns < 30)
    panels = isList ? [:] : Self.place(maximised: maximised, focus: focus, body: body, main: main)
    if findingRows > 0, maximised == nil {
      panels[.findings] = CellRect(x: body.x, y: main.maxY, columns: body.columns, rows: findingRows)
    }
  }

  /// The panel under a cell.
  package func panel(atX x: Int, y: Int) -> (panel: Panel, rect: CellRect)? {
    panels.first { $0.value.contains(x: x, y: y) }.map { ($0.key, $0.value) }
  }

  /// A chart with less than this many rows shows nothing.
  private static let chartFloor = 5
  /// Narrower screens have one column of panels.
  private static let twoColumns = 72
  /// Border, table and a line for another phase.
  private static let modeRows = 9
  /// A sample in fewer rows has no bars.
  private static let sampleFloor = 9

  private static func findingRows(wanted: Int, body: CellRect) -> Int {
    guard body.rows >= 2 else { return 0 }
    return min(max(1, wanted), max(1, (body.rows - 4) / 8))
  }

  private static func place(
    maximised: Panel?, focus: Panel?, body: CellRect, main: CellRect
  ) -> [Panel: CellRect] {
    if let maximised { return [maximised: body] }
    guard main.columns >= twoColumns else {
      return stack([.loss, .divergence, .forgetting], focus: focus, in: main)
    }
    let side = sideColumns(of: main.columns)
    let left = CellRect(x: 0, y: main.y, columns: main.columns - side, rows: main.rows)
    let right = CellRect(x: left.maxX, y: main.y, columns: side, rows: main.rows)
    let charts = stack(
      [.loss, .divergence, .forgetting], focus: focus?.isChart == true ? focus : nil, in: left)
    return charts.merging(placeSide(focus: focus, in: right)) { chart, _ in chart }
  }

  /// Modes above the sample; where only one of them has room, the sample, for the header tells the modes.
  private static func placeSide(focus: Panel?, in rect: CellRect) -> [Panel: CellRect] {
    guard rect.rows >= modeRows + sampleFloor else { return [focus == .mode ? .mode : .sample: rect] }
    return [
      .mode: CellRect(x: rect.x, y: rect.y, columns: rect.columns, rows: modeRows),
      .sample: CellRect(
        x: rect.x, y: rect.y + modeRows, columns: rect.columns, rows: rect.rows - modeRows),
    ]
  }

  /// Bars need about fifty columns; what is beyond goes to the curves.
  private static func sideColumns(of columns: Int) -> Int {
    min(max(36, columns * 2 / 5), 64)
  }

  /// Charts above each other, as many as fit, the rows that are left over going to the first; the panel with the focus
  /// takes the last place where it would not be seen.
  private static func stack(_ charts: [Panel], focus: Panel?, in rect: CellRect) -> [Panel: CellRect] {
    var shown = Array(charts.prefix(max(1, rect.rows / chartFloor)))
    if let focus, focus != .findings, !shown.contains(focus) { shown[shown.count - 1] = focus }
    var panels: [Panel: CellRect] = [:]
    var y = rect.y
    for (index, panel) in shown.enumerated() {
      let rows = (rect.maxY - y + shown.count - index - 1) / (shown.count - index)
      panels[panel] = CellRect(x: rect.x, y: y, columns: rect.columns, rows: rows)
      y += rows
    }
    return panels
  }
}
