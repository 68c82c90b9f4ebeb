internal import CellCanvas
internal import Curves
internal import RunModel

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
      isEvaluation: track.probe.phaseName == "eval")
  }
}
