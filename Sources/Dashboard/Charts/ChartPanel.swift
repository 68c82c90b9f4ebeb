internal import CellCanvas
internal import Curves
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

/// A place in a chart.
struct ChartPointer {
  /// The step below it, or the nearest one in sight.
  var step: Int
  /// False beside the plot: on labels, legends and borders.
  var isInside: Bool
}

/// A frame with a title, a legend and curves over steps, and where each of them goes.
struct ChartPanel {
  /// How the frame looks and which scale the chart has.
  struct Frame {
    var title: String
    var isFocused: Bool
    var isLogarithmic: Bool
    /// Rows of the modes below the curves are drawn where there is room.
    var hasModes = false
  }

  private let frame: Frame
  private let content: ChartContent
  private let state: DashboardState
  private let rect: CellRect
  private let context: DrawContext
  private let view: ChartView
  private let legend: (border: [TextRun], row: [TextRun]?)
  private let modes: ModeStrip?
  /// What is left for curves and labels.
  private let inside: CellRect

  init(
    _ frame: Frame, _ content: ChartContent, _ state: DashboardState, axis: XAxis? = nil, in rect: CellRect,
    context: DrawContext
  ) {
    self.frame = frame
    self.content = content
    self.state = state
    self.rect = rect
    self.context = context
    let axis = axis ?? XAxis(state)
    let scale = ChartScale(
      content.curves, window: axis.window(columns: 1), isLogarithmic: frame.isLogarithmic,
      isRobust: state.charts.isRobust, glyphs: context.glyphs)
    view = ChartView(
      curves: content.curves, levels: content.levels, scale: scale, axis: axis,
      smoothing: state.charts.smoothing)
    let notes = Self.notes(content, state, frame, scale)
    legend = ChartLegend(axis: content.axis, entries: content.curves.map(\.legend), notes: notes)
      .placed(in: rect, from: PanelFrame.titleEnd(frame.title, in: rect))
    let rows = rect.inset()
    let used = legend.row == nil ? 0 : 1
    modes =
      frame.hasModes ? ModeStrip(state, glyphs: context.glyphs, rows: rows.rows - used - Self.plotRows) : nil
    inside = CellRect(
      x: rows.x, y: rows.y + used, columns: rows.columns, rows: rows.rows - used - (modes?.rows ?? 0))
  }

  /// Curves with less rows are not given up for anything.
  private static let plotRows = 6

  /// The cells that steps are drawn in; `nil` where there is no chart.
  var plot: CellRect? { content.curves.isEmpty ? nil : view.plot(inside: inside, glyphs: context.glyphs) }

  /// What the mouse points at; `nil` where there is no chart.
  func pointer(atX x: Int, y: Int) -> ChartPointer? {
    guard let plot else { return nil }
    let step = view.axis.window(columns: plot.columns).step(ofColumn: x - plot.x)
    return ChartPointer(step: step, isInside: plot.contains(x: x, y: y))
  }

  func draw(of grid: inout CellGrid) {
    let x = PanelFrame.draw(
      frame.title, isFocused: frame.isFocused, in: rect, of: &grid, context: context)
    guard !content.curves.isEmpty else {
      return PanelFrame.drawMessage(content.emptyMessage, in: rect.inset(), of: &grid)
    }
    PanelFrame.drawInBorder(legend.border, in: rect, from: x, of: &grid)
    if let row = legend.row {
      grid.write(row, x: rect.x + 2, y: rect.y + 1, maxColumns: rect.columns - 3)
    }
    view.draw(in: rect, inside: inside, of: &grid, context: context)
    guard let modes, let plot else { return }
    modes.draw(
      in: CellRect(x: plot.x, y: inside.maxY, columns: plot.columns, rows: modes.rows), of: &grid)
  }

  /// What the settings did to the chart.
  private static func notes(
    _ content: ChartContent, _ state: DashboardState, _ frame: Frame, _ scale: ChartScale
  ) -> [FlexibleText] {
    // What is left out of a chart is said in any case; the rest where there is room.
    let required = scale.notes.map { FlexibleText($0.map { [TextRun($0, .note)] }) }
    var notes: [[String]] = []
    if frame.isFocused, let remark = state.charts.remark { notes.append([remark]) }
    notes += content.notes.map { [$0] }
    if frame.isLogarithmic { notes.append(["log scale", "log"]) }
    if state.charts.smoothing > 0 { notes.append(["smoothing \(NumberText.short(state.charts.smoothing))"]) }
    if state.charts.window != nil {
      notes.append([state.charts.followsTail ? "zoomed to the end" : "zoomed", "zoomed"])
    }
    return required + notes.map { texts in FlexibleText(texts.map { [TextRun($0, .note)] } + [[]]) }
  }
}

extension ChartPanel {
  /// A chart of the overview.
  init(
    _ panel: Panel, _ content: ChartContent, _ state: DashboardState, in rect: CellRect, context: DrawContext
  ) {
    self.init(
      Frame(
        title: panel.title, isFocused: state.overview.focus == panel,
        isLogarithmic: state.charts.logarithmic.contains(panel), hasModes: panel == .forgetting),
      content, state, in: rect, context: context)
  }

  static func draw(
    _ panel: Panel, _ content: ChartContent, _ state: DashboardState, in rect: CellRect,
    of grid: inout CellGrid, context: DrawContext
  ) {
    ChartPanel(panel, content, state, in: rect, context: context).draw(of: &grid)
  }
}

extension ChartLegend {
  /// Panels of this height have room for a line of legend.
  private static let ownLegendRows = 9
  /// Panels of this height give up a row for what does not fit into their border.
  private static let overflowRows = 6

  /// What goes into the border of a panel, right of its title, and the line that goes below it.
  fileprivate func placed(in rect: CellRect, from x: Int) -> (border: [TextRun], row: [TextRun]?) {
    let columns = rect.columns - 3
    let border = PanelFrame.borderRoom(rect, from: x)
    guard rect.rows >= Self.ownLegendRows else {
      return lines(border: border, row: rect.rows >= Self.overflowRows ? columns : nil)
    }
    return (
      FlexibleText.line([axis] + notes, in: border, gap: 2),
      Self.line(entries, after: FlexibleText([[]]), in: columns)
    )
  }
}
