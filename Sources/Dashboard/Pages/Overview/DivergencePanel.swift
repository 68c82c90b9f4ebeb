internal import CellCanvas
internal import Curves
internal import Divergence
internal import RunAnalysis
internal import RunModel

/// The divergence between policy and reference: recomputed for each phase and set, and as logged.
enum DivergencePanel {
  static func content(_ state: DashboardState, context: DrawContext) -> ChartContent {
    let computed =
      recomputed(state, context: context) + EstimateCurves(state: state, context: context).planned
    let planned = (computed + logged(state, after: computed.count, context: context)).prefix(mostCurves)
    let looks = SetLooks(state.shown).looks(ofSets: planned.map(\.set), glyphs: context.glyphs)
    return ChartContent(
      axis: computed.isEmpty
        ? loggedAxis(state.shown, glyphs: context.glyphs)
        : axis(state.charts.direction, glyphs: context.glyphs),
      curves: zip(planned, looks).map { $0.draw($1) },
      levels: state.charts.direction == .policyReference ? ChartLevel.all(state) { $0.probe != nil } : [],
      notes: [LogitsFilesText.soFar(state.shown.logitsFiles)].compactMap(\.self),
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

  private static func recomputed(_ state: DashboardState, context: DrawContext) -> [PlannedCurve] {
    let tracks = state.shown.tracks.filter { !$0.points.isEmpty }
    // A phase is only named where there is another one.
    let phases = Set(tracks.map(\.probe.phaseName))
    return tracks.prefix(mostCurves).map { track in
      let label = phases.count == 1 ? track.probe.set ?? track.probe.phaseName : track.probe.label
      return PlannedCurve(set: SetLooks.set(of: track.probe)) {
        curve(of: track, label: label, look: $0, state: state, context: context)
      }
    }
  }

  private static func curve(
    of track: DivergenceTrack, label: String, look: CurveLook, state: DashboardState, context: DrawContext
  ) -> ChartCurve {
    let direction = state.charts.direction
    let charted = state.shownInCharts.divergences[track.probe] ?? track
    let abandoned = state.showsAbandoned ? charted.abandonedCurves : []
    let logged = direction == .policyReference ? [charted.curves.points(.logged)] : []
    return ChartCurve(
      legend: legend(track, label: label, look: look, state: state, context: context),
      style: look.style, mark: look.mark, points: charted.curves.points(direction.mean),
      shadows: abandoned.map { $0.points(direction.mean) } + logged,
      // Clustered by sample where there are several: tokens of one sequence depend on each other.
      band: (charted.curves.points(direction.lower), charted.curves.points(direction.upper)),
      isEvaluation: track.probe.isEvaluation)
  }

  /// `● old 0.41 ±0.03 logged 0.41`.
  private static func legend(
    _ track: DivergenceTrack, label: String, look: CurveLook, state: DashboardState, context: DrawContext
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
      mark: look.mark, label: label, value: statistics?.mean, style: look.style, details: details,
      glyphs: glyphs)
  }

  /// Logged values of training batches, and of evaluations whose records have no logits to compare with.
  private static func logged(
    _ state: DashboardState, after count: Int, context: DrawContext
  ) -> [PlannedCurve] {
    let isCompared = state.shown.divergences.values.contains { track in
      track.probe.isEvaluation && track.curves.has(.logged)
    }
    let ids = (isCompared ? [] : state.shown.series(role: .evaluationKL)) + state.shown.series(role: .kl)
    return ids.prefix(max(0, mostCurves - count)).map { id in
      let name = state.shown.series[id].name
      return PlannedCurve(set: SetLooks.set(ofKey: name)) {
        ChartCurve(
          series: id, of: state, label: count == 0 ? name : "logged \(name)", look: $0, context: context)
      }
    }
  }
}

/// A curve that knows its set and gets its look from all curves of the chart.
struct PlannedCurve {
  var set: String?
  var draw: (CurveLook) -> ChartCurve
}

extension StepDivergence {
  func statistics(_ direction: DivergenceDirection) -> RowStatistics {
    direction == .policyReference ? self.policyReference : self.referencePolicy
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

  var planned: [PlannedCurve] {
    let tracks = state.shown.estimates.values.sorted { $0.probe < $1.probe }.filter { track in
      state.shown.divergences[track.probe]?.points.isEmpty ?? true
    }
    return tracks.flatMap { track in
      quantities(of: track).map { quantity in
        PlannedCurve(set: SetLooks.set(of: track.probe)) { curve(of: quantity, track: track, look: $0) }
      }
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

  private func curve(of quantity: Quantity, track: EstimateTrack, look: CurveLook) -> ChartCurve {
    let charted = state.shownInCharts.estimates[track.probe] ?? track
    return ChartCurve(
      legend: LegendEntry(
        mark: look.mark, label: "\(quantity.name) \(track.probe.set ?? track.probe.label)",
        value: track.curves.points(quantity.source).value(at: state.viewedStep), style: look.style,
        glyphs: context.glyphs),
      style: look.style, mark: look.mark, points: charted.curves.points(quantity.source),
      shadows: state.showsAbandoned ? charted.abandonedCurves.map { $0.points(quantity.source) } : [],
      isEvaluation: track.probe.isEvaluation)
  }
}
