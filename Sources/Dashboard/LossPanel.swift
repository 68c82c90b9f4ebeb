internal import CellCanvas
internal import RunModel

/// The losses: fine-tuning, total and evaluation.
enum LossPanel {
  static func draw(_ state: DashboardState, in rect: CellRect, of grid: inout CellGrid, context: DrawContext) {
    let x = PanelFrame.draw(.loss, state, in: rect, of: &grid, context: context)
    let curves = curves(state, context: context)
    guard !curves.isEmpty else {
      return PanelFrame.drawMessage(
        ["no loss in this log yet", "log loss, or total_loss and loss"], in: rect.inset(), of: &grid)
    }
    PanelFrame.drawLegend(
      curves.map(\.legend) + ChartNotes.texts(state, panel: .loss), in: rect, from: x, of: &grid)
    ChartView(state, panel: .loss, curves: curves, unit: "").draw(in: rect, of: &grid, context: context)
  }

  /// More curves than this cannot be told apart.
  private static let mostCurves = 6

  private static func curves(_ state: DashboardState, context: DrawContext) -> [ChartCurve] {
    let ids = [MetricRole.fineTuneLoss, .totalLoss, .evaluationLoss].flatMap { state.shown.series(role: $0) }
    return ids.prefix(mostCurves).enumerated().map { index, id in
      let name = state.shown.series[id].name
      let label = state.shown.series[id].role == .fineTuneLoss && !name.contains("/") ? "fine-tune" : name
      return ChartCurve(series: id, of: state, label: label, index: index, context: context)
    }
  }
}

/// What the settings did to a chart, said in its legend.
enum ChartNotes {
  static func texts(_ state: DashboardState, panel: Panel) -> [FlexibleText] {
    var notes: [String] = []
    if state.charts.logarithmic.contains(panel) { notes.append("log") }
    if state.charts.smoothing > 0 { notes.append("smooth \(NumberText.short(state.charts.smoothing))") }
    if state.charts.window != nil { notes.append("zoomed") }
    return notes.map { FlexibleText([[TextRun($0, .note)], []]) }
  }
}
