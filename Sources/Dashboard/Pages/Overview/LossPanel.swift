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

  /// One for each set, the one that was evaluated most often: the same loss is logged and follows from rows.
  private static func evaluationLosses(_ run: RunModel) -> [SeriesID] {
    var chosen: [SeriesID] = []
    var places: [String: Int] = [:]
    for id in run.series(role: .evaluationLoss) {
      let set = SetLooks.set(ofKey: run.series[id].name)
      if let place = set.flatMap({ places[$0] }) {
        if run.series[chosen[place]].count < run.series[id].count { chosen[place] = id }
      } else {
        if let set { places[set] = chosen.count }
        chosen.append(id)
      }
    }
    return chosen
  }

  private static func curves(_ state: DashboardState, context: DrawContext) -> [ChartCurve] {
    let run = state.shown
    let ids =
      [MetricRole.fineTuneLoss, .totalLoss].flatMap { run.series(role: $0) } + evaluationLosses(run)
    let shown = Array(ids.prefix(mostCurves))
    let sets = shown.map { SetLooks.set(ofKey: state.shown.series[$0].name) }
    return zip(shown, SetLooks(state.shown).looks(ofSets: sets, glyphs: context.glyphs)).map { id, look in
      ChartCurve(
        series: id, of: state, label: MetricKey.lossLabel(state.shown.series[id].name), look: look,
        context: context)
    }
  }
}
