internal import CellCanvas
internal import RunAnalysis
internal import RunFeed
internal import RunModel

/// What the model could do before and can do now: retention metrics against their first value.
enum ForgettingPanel {
  private static let mostCurves = 4

  static func content(_ state: DashboardState, context: DrawContext) -> ChartContent {
    let (all, others) = state.shown.forgettingCurves
    let metrics = all.prefix(mostCurves)
    guard let first = metrics.first else { return agreement(state, context: context) }
    // All curves are of one kind, which the axis says once.
    let kind = RetentionText.word(first.kind)
    let looks = SetLooks(state.shown).looks(
      ofSets: metrics.map { SetLooks.set(ofKey: $0.name) }, glyphs: context.glyphs)
    let curves = zip(metrics, looks).map { metric, look in
      let label = MetricKey.label(RetentionText.label(metric), without: kind)
      var curve = ChartCurve(series: metric.id, of: state, label: label, look: look, context: context)
      if let legend = legend(metric, label: label, of: curve, state: state, context: context) {
        curve.legend = legend
      }
      return curve
    }
    let since = "since the first evaluation"
    let unit = RetentionText.unit(first.kind, isFraction: false)
    let axis = unit.isEmpty ? kind : "\(kind), \(unit)"
    let axes = [axis + "  " + since, axis]
    return ChartContent(
      axis: FlexibleText(axes.map { [TextRun($0, .faint)] } + [[]]), curves: curves,
      levels: ChartLevel.all(state) { standing in metrics.contains { $0.id == standing.metric } },
      notes: (metrics.contains(where: \.isOld) ? [] : ["no old-task metric"])
        + (others > 0 ? ["+\(others) more: f"] : []) + checkpointNote(state, glyphs: context.glyphs),
      emptyMessage: "")
  }

  /// What the marks below the charts are.
  private static func checkpointNote(_ state: DashboardState, glyphs: GlyphSet) -> [String] {
    guard state.runs.current.onScreen.checkpointAdvice != nil else { return [] }
    let saved = state.shown.checkpoints.isEmpty ? "" : "\(glyphs.marks.checkpoint) saved "
    return ["\(saved)\(glyphs.marks.keep) keep"]
  }

  /// `● old 0.98 → 0.71  −27.3 points`; `nil` before there is a value.
  private static func legend(
    _ metric: RetentionMetric, label: String, of curve: ChartCurve, state: DashboardState,
    context: DrawContext
  ) -> LegendEntry? {
    let glyphs = context.glyphs
    guard let standing = state.shown.standing(of: metric, at: state.viewedStep) else { return nil }
    let text = RetentionText(glyphs: glyphs)
    let changes = [false, true].map {
      text.change(standing.change, kind: metric.kind, isFraction: standing.isFraction, isShort: $0)
    }
    let role = RetentionText.role(standing)
    let sign = TextRun("\(curve.mark) ", curve.style)
    let values = "\(ValueText.short(standing.start.value, glyphs: glyphs)) \(glyphs.marks.right) "
    let last = TextRun(
      ValueText.short(standing.now.value, glyphs: glyphs), Style(curve.style.role, bold: true))
    let name = Printable.text(label, glyphs: glyphs)
    let short = LegendEntry.shortened(name, glyphs: glyphs)
    return LegendEntry(
      valued: [
        [sign, TextRun(name + " " + values), last, TextRun("  " + changes[0], role)],
        [sign, TextRun(name + " "), last, TextRun(" " + changes[0], role)],
        [sign, TextRun(short + " "), last, TextRun(" " + changes[1], role)],
      ], bare: [sign, TextRun(short)])
  }

  /// A log that evaluates nothing still tells how often both models would say the same.
  private static func agreement(_ state: DashboardState, context: DrawContext) -> ChartContent {
    let tracks = state.shown.tracks.filter { !$0.points.isEmpty }
    let shown = tracks.prefix(mostCurves)
    let looks = SetLooks(state.shown).looks(
      ofSets: shown.map { SetLooks.set(of: $0.probe) }, glyphs: context.glyphs)
    let curves = zip(shown, looks).map { track, look in
      let charted = state.shownInCharts.divergences[track.probe] ?? track
      return ChartCurve(
        legend: LegendEntry(
          mark: look.mark, label: track.probe.set ?? track.probe.phaseName,
          value: track.point(at: state.viewedStep)?.sameTop1,
          style: look.style, glyphs: context.glyphs),
        style: look.style, mark: look.mark, points: charted.curves.points(.sameTop1), isEvaluation: true)
    }
    return ChartContent(
      axis: FlexibleText([
        [TextRun("rows with the same top-1 as the base model, 0 to 1", .faint)],
        [TextRun("same top-1 as base", .faint)],
        [TextRun("same top-1", .faint)], [],
      ]),
      curves: curves, notes: ["no old-task metric"],
      emptyMessage: "no old-task metric in this log: log eval/old/accuracy to see what is forgotten")
  }
}
