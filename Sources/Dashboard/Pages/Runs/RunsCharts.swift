internal import CellCanvas
internal import Curves
internal import RunFeed
internal import RunModel

/// Charts below the table of runs: one for each of its measures, with a curve for each visible run.
struct RunsCharts {
  private let charts: [ChartPanel]

  /// A chart in fewer rows or columns shows nothing of several curves.
  static let leastRows = 8
  private static let leastColumns = 56
  /// More curves cannot be told apart.
  private static let mostCurves = 12

  init(
    _ state: DashboardState, measures: some Collection<ComparedMetric>, in rect: CellRect,
    context: DrawContext
  ) {
    guard rect.rows >= Self.leastRows else {
      charts = []
      return
    }
    let shown = measures.prefix(max(1, rect.columns / Self.leastColumns))
    let steps = Self.steps(state)
    charts = shown.enumerated().map { index, measure in
      let start = rect.columns * index / shown.count
      let end = rect.columns * (index + 1) / shown.count
      return Self.chart(
        measure, state, steps: steps,
        in: CellRect(x: rect.x + start, y: rect.y, columns: end - start, rows: rect.rows), context: context)
    }
  }

  func draw(of grid: inout CellGrid) {
    for chart in charts { chart.draw(of: &grid) }
  }

  /// The chosen window, else all steps of all visible runs.
  private static func steps(_ state: DashboardState) -> ClosedRange<Int> {
    if let window = state.charts.window { return window }
    let ranges = state.runs.visible.compactMap { state.runs[$0] }.map {
      state.isReplay ? $0.run : $0.shownInCharts
    }.filter { $0.lastStep != nil }.map(\.steps)
    let first = ranges.map(\.lowerBound).min() ?? 0
    let last = ranges.map(\.upperBound).max() ?? first
    guard first == last else { return first...last }
    return last < .max ? last...last + 1 : last - 1...last
  }

  private static func chart(
    _ measure: ComparedMetric, _ state: DashboardState, steps: ClosedRange<Int>, in rect: CellRect,
    context: DrawContext
  ) -> ChartPanel {
    let curves = state.runs.visible.compactMap { curve(measure, ofRun: $0, state, context: context) }
    let hidden = curves.count - mostCurves
    let content = ChartContent(
      axis: FlexibleText([[]]), curves: Array(curves.prefix(mostCurves)),
      notes: hidden > 0 ? ["\(hidden) more runs"] : [], emptyMessage: "no visible run has this")
    let title = DisplayWidth.truncate(
      Printable.text(measure.label, glyphs: context.glyphs), to: max(4, rect.columns - 8),
      ellipsis: context.glyphs.marks.ellipsis)
    return ChartPanel(
      ChartPanel.Frame(
        title: title, isFocused: false, isLogarithmic: state.charts.logarithmic.contains(.loss)),
      content, state, axis: XAxis(steps: steps, cursor: nil), in: rect, context: context)
  }

  private static func curve(
    _ measure: ComparedMetric, ofRun index: Int, _ state: DashboardState, context: DrawContext
  ) -> ChartCurve? {
    guard let watched = state.runs[index], let points = measure.points(in: watched.shownInCharts) else {
      return nil
    }
    let marks = context.glyphs.marks.series
    let mark = marks[index % marks.count]
    return ChartCurve(
      legend: LegendEntry(
        mark: mark, label: watched.shown.displayName, value: points.value(at: .max), style: .series(index),
        glyphs: context.glyphs),
      style: .series(index), mark: mark, points: points)
  }
}
