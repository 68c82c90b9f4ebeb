internal import CellCanvas
internal import RunModel

/// One curve of a chart: how it is named and where its points come from.
struct ChartCurve: Sendable {
  /// Name and present value.
  var legend: LegendEntry
  var style: Style
  /// Tells the curve apart without colour: it stands in the legend and at the curve's end.
  var mark: Character
  /// The columns to draw of the present branch.
  var columns: @Sendable (CurveWindow) -> [CurveColumn]
  /// Faint curves behind it: branches that restarts replaced, and what the log says where it was recomputed.
  var shadows: @Sendable (CurveWindow) -> [[CurveColumn]] = { _ in [] }
  /// Standard error around the curve, as extents of the same columns.
  var band: @Sendable (CurveWindow) -> [CurveColumn] = { _ in [] }
}

extension ChartCurve {
  /// A curve of a metric of the log.
  init(
    series id: SeriesID, of state: DashboardState, label: String, index: Int, context: DrawContext
  ) {
    let run = state.shownInCharts
    // A key that is new has no points in the charts yet.
    let series = run.series.indices.contains(id) ? run.series[id] : nil
    let smoothing = state.charts.smoothing
    let mark = context.glyphs.marks.series[index % context.glyphs.marks.series.count]
    let value = state.shown.series[id].current.lastValue(at: state.viewedStep, rows: state.shown.rows)
    style = .series(index)
    self.mark = mark
    legend = LegendEntry(mark: mark, label: label, value: value, style: style, glyphs: context.glyphs)
    columns = { series?.current.columns($0, smoothing: smoothing, rows: run.rows) ?? [] }
    guard state.charts.showsAbandoned else { return }
    shadows = { window in
      (series?.abandoned ?? []).map { $0.columns(window, smoothing: 0, rows: run.rows) }
    }
  }
}

extension SeriesBranch {
  /// The value at the last point at or before `step`.
  func lastValue(at step: Int, rows: RowTable) -> Double? {
    let end = upperBound(step: step, rows: rows)
    return end > 0 ? value(end - 1) : nil
  }
}
