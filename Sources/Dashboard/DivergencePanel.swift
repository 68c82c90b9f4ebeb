internal import CellCanvas
internal import RunModel

/// The divergence between policy and reference: recomputed for each phase and set, and as logged.
enum DivergencePanel {
  static func draw(_ state: DashboardState, in rect: CellRect, of grid: inout CellGrid, context: DrawContext) {
    let x = PanelFrame.draw(.divergence, state, in: rect, of: &grid, context: context)
    let recomputed = recomputedCurves(state, context: context)
    let logged = loggedCurves(state, after: recomputed.count, context: context)
    let curves = recomputed + logged
    guard !curves.isEmpty else {
      return PanelFrame.drawMessage(
        ["no KL in this log, and no logits", "to compute it from: log logits and", "ref_logits (kltop_log.py does)"],
        in: rect.inset(), of: &grid)
    }
    let title = recomputed.isEmpty ? loggedTitle : title(state.charts.direction, glyphs: context.glyphs)
    PanelFrame.drawLegend(
      [title] + curves.map(\.legend) + ChartNotes.texts(state, panel: .divergence), in: rect, from: x, of: &grid)
    ChartView(state, panel: .divergence, curves: curves, unit: "nats per row")
      .draw(in: rect, of: &grid, context: context)
  }

  private static let mostCurves = 6

  private static let loggedTitle = FlexibleText([
    [TextRun("as logged, nats", .faint)], [TextRun("logged", .faint)], [],
  ])

  private static func title(_ direction: DivergenceDirection, glyphs: GlyphSet) -> FlexibleText {
    let name = direction.name(glyphs: glyphs)
    return FlexibleText([
      [TextRun(name, .text), TextRun(" nats per row", .faint)], [TextRun(name), TextRun(" nats", .faint)],
      [TextRun("nats", .faint)], [],
    ])
  }

  private static func recomputedCurves(_ state: DashboardState, context: DrawContext) -> [ChartCurve] {
    let tracks = state.shown.divergences.values.sorted { $0.probe < $1.probe }.filter { !$0.points.isEmpty }
    // A phase is only named where there is another one.
    let phases = Set(tracks.map(\.probe.phaseName))
    return tracks.prefix(mostCurves).enumerated().map { index, track in
      let label = phases.count == 1 ? track.probe.set ?? track.probe.phaseName : track.probe.label
      return curve(of: track, label: label, index: index, state: state, context: context)
    }
  }

  private static func curve(
    of track: DivergenceTrack, label: String, index: Int, state: DashboardState, context: DrawContext
  ) -> ChartCurve {
    let direction = state.charts.direction
    let mark = context.glyphs.marks.series[index % context.glyphs.marks.series.count]
    var curve = ChartCurve(
      legend: legend(track, label: label, mark: mark, style: .series(index), state: state, context: context),
      style: .series(index), mark: mark,
      columns: { DivergenceColumns.means(track.points, window: $0, direction: direction) })
    curve.band = { DivergenceColumns.bands(track.points, window: $0, direction: direction) }
    if state.charts.showsAbandoned {
      curve.abandoned = { window in
        track.abandoned.map { DivergenceColumns.means($0, window: window, direction: direction) }
      }
    }
    return curve
  }

  private static func legend(
    _ track: DivergenceTrack, label: String, mark: Character, style: Style, state: DashboardState,
    context: DrawContext
  ) -> FlexibleText {
    let statistics = track.point(at: state.step)?.statistics(state.charts.direction)
    let short = ChartCurve.legend(mark: mark, label: label, value: statistics?.mean, style: style)
    guard let error = statistics?.shownError else { return short }
    let long = short.variants[0] + [TextRun(" \(context.glyphs.marks.plusMinus)\(NumberText.short(error, significant: 2))", .faint)]
    return FlexibleText([long] + short.variants)
  }

  private static func loggedCurves(
    _ state: DashboardState, after count: Int, context: DrawContext
  ) -> [ChartCurve] {
    let ids = [MetricRole.evaluationKL, .kl].flatMap { state.shown.series(role: $0) }
    return ids.prefix(max(0, mostCurves - count)).enumerated().map { index, id in
      ChartCurve(
        series: id, of: state, label: "logged \(state.shown.series[id].name)", index: count + index, context: context)
    }
  }
}

/// Points of a divergence, put into the columns of a chart.
enum DivergenceColumns {
  static func means(
    _ points: [StepDivergence], window: CurveWindow, direction: DivergenceDirection
  ) -> [CurveColumn] {
    columns(points, window: window) { [$0.statistics(direction).mean] }
  }

  /// Mean ± standard error; clustered by sample where there are several, since tokens of one sequence depend on each
  /// other.
  static func bands(
    _ points: [StepDivergence], window: CurveWindow, direction: DivergenceDirection
  ) -> [CurveColumn] {
    columns(points, window: window) { point in
      let statistics = point.statistics(direction)
      return statistics.shownError.map { [max(0, statistics.mean - $0), statistics.mean + $0] } ?? []
    }
  }

  private static func columns(
    _ points: [StepDivergence], window: CurveWindow, values: (StepDivergence) -> [Double]
  ) -> [CurveColumn] {
    var result: [CurveColumn] = []
    let last = min(window.lastStep, window.throughStep)
    for point in points where point.step >= window.firstStep && point.step <= last {
      let column = window.column(ofStep: point.step)
      for value in values(point) {
        if result.last?.column == column {
          result[result.count - 1].extent.include(value)
          result[result.count - 1].last = value
          result[result.count - 1].points += 1
        } else {
          result.append(
            CurveColumn(column: column, extent: Extent(value), first: value, last: value, points: 1, smoothed: nil))
        }
      }
    }
    return result
  }
}

extension StepDivergence {
  func statistics(_ direction: DivergenceDirection) -> DivergenceFigures {
    direction == .policyReference ? policyReference : referencePolicy
  }
}

extension DivergenceFigures {
  /// The standard error to show: by sample where that can be told.
  var shownError: Double? { (standardErrorBySample ?? standardError)?.finite }
}

extension DivergenceDirection {
  /// `D(policy‖reference)`.
  func name(glyphs: GlyphSet) -> String {
    let sign = glyphs.marks.parallel
    return self == .policyReference ? "D(policy\(sign)reference)" : "D(reference\(sign)policy)"
  }
}
