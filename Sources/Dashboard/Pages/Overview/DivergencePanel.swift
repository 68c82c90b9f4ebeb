internal import CellCanvas
internal import Curves
internal import Divergence
internal import RunAnalysis
internal import RunModel

/// The divergence between policy and reference: recomputed for each phase and set, and as logged.
enum DivergencePanel {
  static func content(_ state: DashboardState, context: DrawContext) -> ChartContent {
    let recomputed = recomputedCurves(state, context: context)
    let estimated = EstimateCurves(state: state, context: context).curves(after: recomputed.count)
      .prefix(max(0, mostCurves - recomputed.count))
    let logged = loggedCurves(state, after: recomputed.count + estimated.count, context: context)
    return ChartContent(
      axis: recomputed.isEmpty && estimated.isEmpty
        ? loggedAxis(state.shown, glyphs: context.glyphs)
        : axis(state.charts.direction, glyphs: context.glyphs),
      curves: recomputed + estimated + logged,
      levels: state.charts.direction == .policyReference ? ChartLevel.all(state) { $0.probe != nil } : [],
      emptyMessage:
        "no KL in this log, and no logits to compute it from: log logits and ref_logits (kltop_log.py does)")
  }

  private static let mostCurves = 6

  /// What is logged, as its trainer computes it.
  private static func loggedAxis(_ run: RunModel, glyphs: GlyphSet) -> FlexibleText {
    let ids = run.series(role: .evaluationKL) + run.series(role: .kl)
    let told = ids.lazy.compactMap { run.klDescription(of: $0) }.first { $0.trainer != nil }
    let long = told.map { [$0.text, $0.quantity].map { "as logged, nats, \($0)" } } ?? []
    let texts = long + ["as logged, nats", "logged"]
    return FlexibleText(texts.map { [TextRun(Printable.text($0, glyphs: glyphs), .faint)] } + [[]])
  }

  private static func axis(_ direction: DivergenceDirection, glyphs: GlyphSet) -> FlexibleText {
    let name = direction.name(glyphs: glyphs)
    return FlexibleText([
      [TextRun(name, .text), TextRun("  nats per row", .faint)], [TextRun(name), TextRun(" nats", .faint)],
      [TextRun("nats", .faint)], [],
    ])
  }

  private static func recomputedCurves(_ state: DashboardState, context: DrawContext) -> [ChartCurve] {
    let tracks = state.shown.tracks.filter { !$0.points.isEmpty }
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
    let charted = state.shownInCharts.divergences[track.probe] ?? track
    let abandoned = state.showsAbandoned ? charted.abandonedCurves : []
    let logged = direction == .policyReference ? [charted.curves.points(.logged)] : []
    return ChartCurve(
      legend: legend(track, label: label, mark: mark, style: .series(index), state: state, context: context),
      style: .series(index), mark: mark, points: charted.curves.points(direction.mean),
      shadows: abandoned.map { $0.points(direction.mean) } + logged,
      // Clustered by sample where there are several: tokens of one sequence depend on each other.
      band: (charted.curves.points(direction.lower), charted.curves.points(direction.upper)),
      isEvaluation: track.probe.isEvaluation)
  }

  /// `● old 0.41 ±0.03 logged 0.41`.
  private static func legend(
    _ track: DivergenceTrack, label: String, mark: Character, style: Style, state: DashboardState,
    context: DrawContext
  ) -> LegendEntry {
    let point = track.point(at: state.viewedStep)
    let statistics = point?.statistics(state.charts.direction)
    let glyphs = context.glyphs
    let error = (statistics?.shownError).map {
      [TextRun(" \(glyphs.marks.plusMinus)\(ValueText.short($0, significant: 2, glyphs: glyphs))", .faint)]
    }
    let logged = point?.logged.map { [TextRun(" logged \(ValueText.short($0, glyphs: glyphs))", .faint)] }
    let details = error.map { [$0 + (logged ?? []), $0] } ?? logged.map { [$0] } ?? []
    return LegendEntry(
      mark: mark, label: label, value: statistics?.mean, style: style, details: details, glyphs: glyphs)
  }

  /// Logged values of training batches, and of evaluations whose records have no logits to compare with.
  private static func loggedCurves(
    _ state: DashboardState, after count: Int, context: DrawContext
  ) -> [ChartCurve] {
    let isCompared = state.shown.divergences.values.contains { track in
      track.probe.isEvaluation && track.curves.has(.logged)
    }
    let ids = (isCompared ? [] : state.shown.series(role: .evaluationKL)) + state.shown.series(role: .kl)
    return ids.prefix(max(0, mostCurves - count)).enumerated().map { index, id in
      let label = count == 0 ? state.shown.series[id].name : "logged \(state.shown.series[id].name)"
      return ChartCurve(series: id, of: state, label: label, index: count + index, context: context)
    }
  }
}

extension StepDivergence {
  func statistics(_ direction: DivergenceDirection) -> RowStatistics {
    direction == .policyReference ? policyReference : referencePolicy
  }
}

extension DivergenceDirection {
  /// `D(policy‖reference)`.
  func name(glyphs: GlyphSet) -> String {
    let sign = glyphs.marks.parallel
    return self == .policyReference ? "D(policy\(sign)reference)" : "D(reference\(sign)policy)"
  }

  fileprivate var mean: DivergenceCurves.Quantity {
    self == .policyReference ? .policyReference : .referencePolicy
  }

  fileprivate var lower: DivergenceCurves.Quantity {
    self == .policyReference ? .policyReferenceLower : .referencePolicyLower
  }

  fileprivate var upper: DivergenceCurves.Quantity {
    self == .policyReference ? .policyReferenceUpper : .referencePolicyUpper
  }
}

/// Curves of what sampled tokens and top-k lists say about the divergence, for probes that have no logits.
///
/// Each estimator has its own curve and its own name; a lower bound is marked with ≥, so that it never passes for the
/// divergence itself.
struct EstimateCurves {
  var state: DashboardState
  var context: DrawContext

  private struct Quantity {
    var name: String
    var source: EstimatePoints.Quantity
  }

  /// - Parameter first: number of curves that stand before these.
  func curves(after first: Int) -> [ChartCurve] {
    let tracks = state.shown.estimates.values.sorted { $0.probe < $1.probe }.filter { track in
      state.shown.divergences[track.probe]?.points.isEmpty ?? true
    }
    let named = tracks.flatMap { track in quantities(of: track).map { (track, $0) } }
    return named.enumerated().map { index, entry in
      curve(of: entry.1, track: entry.0, index: first + index)
    }
  }

  private func quantities(of track: EstimateTrack) -> [Quantity] {
    let isPolicyFirst = state.charts.direction == .policyReference
    var quantities: [Quantity] = []
    // Estimators estimate D(policy‖reference) alone.
    if isPolicyFirst, track.curves.has(.k1) {
      quantities = [
        Quantity(name: "k1", source: .k1), Quantity(name: "k2", source: .k2),
        Quantity(name: "k3", source: .k3),
      ]
    }
    let bound: EstimatePoints.Quantity = isPolicyFirst ? .policyReferenceBound : .referencePolicyBound
    if track.curves.has(bound) {
      quantities.append(Quantity(name: context.glyphs.isASCII ? ">=" : "≥", source: bound))
    }
    return quantities
  }

  private func curve(of quantity: Quantity, track: EstimateTrack, index: Int) -> ChartCurve {
    let marks = context.glyphs.marks.series
    let charted = state.shownInCharts.estimates[track.probe] ?? track
    return ChartCurve(
      legend: LegendEntry(
        mark: marks[index % marks.count], label: "\(quantity.name) \(track.probe.set ?? track.probe.label)",
        value: track.curves.points(quantity.source).value(at: state.viewedStep), style: .series(index),
        glyphs: context.glyphs),
      style: .series(index), mark: marks[index % marks.count], points: charted.curves.points(quantity.source),
      shadows: state.showsAbandoned ? charted.abandonedCurves.map { $0.points(quantity.source) } : [],
      isEvaluation: track.probe.isEvaluation)
  }
}
