internal import CellCanvas
internal import RunAnalysis
internal import RunModel

/// The losses: fine-tuning, total and evaluation.
enum LossPanel {
  static func content(_ state: DashboardState, context: DrawContext) -> ChartContent {
    ChartContent(
      axis: objective(state, context: context), curves: curves(state, context: context),
      emptyMessage: "no loss in this log yet: log loss, or total_loss and loss")
  }

  /// More curves than this cannot be told apart.
  private static let mostCurves = 6

  /// Said where the reader looks at the loss: an objective that drives the policy away from the reference.
  private static func objective(_ state: DashboardState, context: DrawContext) -> FlexibleText {
    guard let objective = state.analysis.audit.objective, objective.rewardsDrift else {
      return FlexibleText([[]])
    }
    let lambda = NumberText.short(objective.lambda)
    return FlexibleText(
      ["total = fine-tune - \(lambda)·KL REWARDS DRIFT", "REWARDS DRIFT", ""].map {
        [TextRun(context.glyphs.isASCII ? $0.replacing("·", with: "*") : $0, .error, bold: true)]
      })
  }

  private static func curves(_ state: DashboardState, context: DrawContext) -> [ChartCurve] {
    let ids = [MetricRole.fineTuneLoss, .totalLoss, .evaluationLoss].flatMap { state.shown.series(role: $0) }
    return ids.prefix(mostCurves).enumerated().map { index, id in
      ChartCurve(
        series: id, of: state, label: MetricKey.lossLabel(state.shown.series[id].name), index: index,
        context: context)
    }
  }
}
