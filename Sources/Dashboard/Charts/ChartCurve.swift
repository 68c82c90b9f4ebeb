internal import CellCanvas
internal import Curves
internal import RunModel

/// One curve of a chart: how it is named and where its points come from.
struct ChartCurve: Sendable {
  /// Name and present value.
  var legend: LegendEntry
  var style: Style
  /// Tells the curve apart without colour: it stands in the legend and at the curve's end.
  var mark: Character
  /// The points of the present branch.
  var points: CurvePoints
  /// Faint curves behind it: branches that restarts replaced, and what the log says where it was recomputed.
  var shadows: [CurvePoints] = []
  /// The ends of the standard error around the curve.
  var band: (lower: CurvePoints, upper: CurvePoints)?
  /// Few points with marks of their own, not a dense curve.
  var isEvaluation = false
}

extension ChartCurve {
  /// A curve of a metric of the log.
  init(
    series id: SeriesID, of state: DashboardState, label: String, look: CurveLook, context: DrawContext
  ) {
    let run = state.shownInCharts
    // A key that is new has no points in the charts yet.
    let series = run.series.indices.contains(id) ? run.series[id] : nil
    let shown = CurvePoints(state.shown.series[id].current, rows: state.shown.rows)
    let value = shown.value(at: state.viewedStep)
    style = look.style
    mark = look.mark
    legend = LegendEntry(mark: look.mark, label: label, value: value, style: style, glyphs: context.glyphs)
    points = series.map { CurvePoints($0.current, rows: run.rows) } ?? CurvePoints()
    isEvaluation = series?.isEvaluation ?? false
    guard state.showsAbandoned else { return }
    shadows = (series?.abandoned ?? []).map { CurvePoints($0, rows: run.rows) }
  }
}

extension DashboardState {
  /// Along time or tokens old branches have no place: they lie where the present one was at their steps.
  var showsAbandoned: Bool { charts.showsAbandoned && xQuantity == nil }
}
