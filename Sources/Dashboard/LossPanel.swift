internal import CellCanvas
internal import RunModel

/// The losses: fine-tuning, total and evaluation.
enum LossPanel {
  static func draw(_ state: DashboardState, in rect: CellRect, of grid: inout CellGrid, context: DrawContext)
  {
    let content = ChartContent(
      axis: FlexibleText([[]]), curves: curves(state, context: context),
      emptyMessage: "no loss in this log yet: log loss, or total_loss and loss")
    ChartPanel.draw(.loss, content, state, in: rect, of: &grid, context: context)
  }

  /// More curves than this cannot be told apart.
  private static let mostCurves = 6

  private static func curves(_ state: DashboardState, context: DrawContext) -> [ChartCurve] {
    let ids = [MetricRole.fineTuneLoss, .totalLoss, .evaluationLoss].flatMap { state.shown.series(role: $0) }
    return ids.prefix(mostCurves).enumerated().map { index, id in
      ChartCurve(
        series: id, of: state, label: MetricLabel.loss(state.shown.series[id].name), index: index,
        context: context)
    }
  }
}
