internal import CellCanvas
internal import RunModel

/// What a chart panel has to show.
struct ChartContent {
  /// What the y axis is, for the border; empty where the panel's title says it.
  var axis: FlexibleText
  var curves: [ChartCurve]
  /// Said in place of a chart without curves.
  var emptyMessage: [String]
}

/// A panel with a legend and curves over steps.
enum ChartPanel {
  static func draw(
    _ panel: Panel, _ content: ChartContent, _ state: DashboardState, in rect: CellRect, of grid: inout CellGrid,
    context: DrawContext
  ) {
    let x = PanelFrame.draw(panel, state, in: rect, of: &grid, context: context)
    guard !content.curves.isEmpty else {
      return PanelFrame.drawMessage(content.emptyMessage, in: rect.inset(), of: &grid)
    }
    let chart = ChartView(state, panel: panel, curves: content.curves)
    let legend = content.curves.map(\.legend)
    guard rect.rows >= ownLegendRows else {
      // In a low panel the legend stands in the border, where it costs no row.
      PanelFrame.drawInBorder([content.axis] + legend + notes(state, panel), in: rect, from: x, of: &grid)
      return chart.draw(in: rect, plot: rect.inset(), of: &grid, context: context)
    }
    PanelFrame.drawInBorder([content.axis] + notes(state, panel), in: rect, from: x, of: &grid)
    let inside = rect.inset()
    grid.write(
      FlexibleText.line(legend, in: inside.columns - 1, gap: 2), x: inside.x + 1, y: inside.y,
      maxColumns: inside.columns - 1)
    chart.draw(
      in: rect, plot: CellRect(x: inside.x, y: inside.y + 1, columns: inside.columns, rows: inside.rows - 1),
      of: &grid, context: context)
  }

  /// Panels of this height have room for a line of legend.
  private static let ownLegendRows = 9

  /// What the settings did to the chart.
  private static func notes(_ state: DashboardState, _ panel: Panel) -> [FlexibleText] {
    var notes: [String] = []
    if state.charts.logarithmic.contains(panel) { notes.append("log scale") }
    if state.charts.smoothing > 0 { notes.append("smoothing \(NumberText.short(state.charts.smoothing))") }
    if state.charts.window != nil { notes.append("zoomed") }
    return notes.map { FlexibleText([[TextRun($0, .note)], []]) }
  }
}
