internal import CellCanvas
internal import RunModel

/// What a chart panel has to show.
struct ChartContent {
  /// What the y axis is, for the border; empty where the panel's title says it.
  var axis: FlexibleText
  var curves: [ChartCurve]
  /// Values that the curves should not cross.
  var levels: [ChartLevel] = []
  /// What to know of these curves before reading them.
  var notes: [String] = []
  /// Said in place of a chart without curves.
  var emptyMessage: String
}

/// A panel with a legend and curves over steps.
enum ChartPanel {
  static func draw(
    _ panel: Panel, _ content: ChartContent, _ state: DashboardState, in rect: CellRect,
    of grid: inout CellGrid,
    context: DrawContext
  ) {
    let x = PanelFrame.draw(panel, state, in: rect, of: &grid, context: context)
    var plot = rect.inset()
    guard !content.curves.isEmpty else {
      return PanelFrame.drawMessage(content.emptyMessage, in: plot, of: &grid)
    }
    let legend = ChartLegend(
      axis: content.axis, entries: content.curves.map(\.legend), notes: notes(content, state, panel))
    let row = drawLegend(legend, in: rect, from: x, of: &grid)
    if let row {
      grid.write(row, x: plot.x + 1, y: plot.y, maxColumns: plot.columns - 1)
      plot = CellRect(x: plot.x, y: plot.y + 1, columns: plot.columns, rows: plot.rows - 1)
    }
    ChartView(state, panel: panel, curves: content.curves, levels: content.levels).draw(
      in: rect, plot: plot, of: &grid, context: context)
  }

  /// Panels of this height have room for a line of legend.
  private static let ownLegendRows = 9
  /// Panels of this height give up a row for what does not fit into their border.
  private static let overflowRows = 6

  /// Draws what goes into the border and returns the line that goes below it.
  private static func drawLegend(
    _ legend: ChartLegend, in rect: CellRect, from x: Int, of grid: inout CellGrid
  ) -> [TextRun]? {
    let columns = rect.columns - 3
    if rect.rows >= ownLegendRows {
      PanelFrame.drawInBorder([legend.axis] + legend.notes, in: rect, from: x, of: &grid)
      return ChartLegend.line(legend.entries, after: FlexibleText([[]]), in: columns)
    }
    let lines = legend.lines(
      border: PanelFrame.borderRoom(rect, from: x), row: rect.rows >= overflowRows ? columns : nil)
    PanelFrame.drawInBorder(lines.border, in: rect, from: x, of: &grid)
    return lines.row
  }

  /// What the settings did to the chart.
  private static func notes(_ content: ChartContent, _ state: DashboardState, _ panel: Panel)
    -> [FlexibleText]
  {
    var notes = content.notes
    if state.charts.logarithmic.contains(panel) { notes.append("log scale") }
    if state.charts.smoothing > 0 { notes.append("smoothing \(NumberText.short(state.charts.smoothing))") }
    if state.charts.window != nil { notes.append("zoomed") }
    return notes.map { FlexibleText([[TextRun($0, .note)], []]) }
  }
}
