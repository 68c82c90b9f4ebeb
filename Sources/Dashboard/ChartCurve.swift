internal import CellCanvas
internal import RunModel

/// One curve of a chart: how it is named and where its points come from.
struct ChartCurve: Sendable {
  /// Name and present value, in texts of several lengths.
  var legend: FlexibleText
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
    let value = state.shown.series[id].current.lastValue(at: state.step, rows: state.shown.rows)
    style = .series(index)
    self.mark = mark
    legend = Self.legend(mark: mark, label: label, value: value, style: style)
    columns = { series?.current.columns($0, smoothing: smoothing, rows: run.rows) ?? [] }
    guard state.charts.showsAbandoned else { return }
    shadows = { window in
      (series?.abandoned ?? []).map { $0.columns(window, smoothing: 0, rows: run.rows) }
    }
  }

  /// `● loss 0.21`, `● 0.21`, `0.21`.
  static func legend(mark: Character, label: String, value: Double?, style: Style) -> FlexibleText {
    // Of a steady width, or everything behind it would move with every step.
    let number = TextRun(
      DisplayWidth.pad(value.map { NumberText.short($0) } ?? "–", to: 5), Style(style.role, bold: true))
    let sign = TextRun("\(mark) ", style)
    let names = [Printable.text(label), DisplayWidth.truncate(Printable.text(label), to: 8)]
    let named = (names[0] == names[1] ? [names[0]] : names).map { [sign, TextRun($0 + " "), number] }
    return FlexibleText(named + [[sign, number], []])
  }
}

extension SeriesBranch {
  /// The value at the last point at or before `step`.
  func lastValue(at step: Int, rows: RowTable) -> Double? {
    let end = upperBound(step: step, rows: rows)
    return end > 0 ? value(end - 1) : nil
  }
}
