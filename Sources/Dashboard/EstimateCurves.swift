internal import CellCanvas
internal import RunModel

/// Curves of what sampled tokens and top-k lists say about the divergence, for probes that have no logits.
///
/// Each estimator has its own curve and its own name; a lower bound is marked with ≥, so that it never passes for the
/// divergence itself.
struct EstimateCurves {
  var state: DashboardState
  var context: DrawContext

  private typealias Value = @Sendable (StepEstimates) -> Double?

  private struct Quantity {
    var name: String
    var value: Value
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
    if isPolicyFirst, track.points.contains(where: { $0.tokens != nil }) {
      quantities = [
        Quantity(name: "k1") { $0.tokens?.k1.mean }, Quantity(name: "k2") { $0.tokens?.k2.mean },
        Quantity(name: "k3") { $0.tokens?.k3.mean },
      ]
    }
    if track.points.contains(where: { $0.bounds != nil }) {
      quantities.append(
        Quantity(name: context.glyphs.isASCII ? ">=" : "≥") {
          isPolicyFirst ? $0.bounds?.policyReference.mean : $0.bounds?.referencePolicy.mean
        })
    }
    return quantities
  }

  private func curve(of quantity: Quantity, track: EstimateTrack, index: Int) -> ChartCurve {
    let marks = context.glyphs.marks.series
    let charted = state.shownInCharts.estimates[track.probe] ?? track
    let smoothing = state.charts.smoothing
    let value = quantity.value
    return ChartCurve(
      legend: LegendEntry(
        mark: marks[index % marks.count], label: "\(quantity.name) \(track.probe.set ?? track.probe.label)",
        value: track.point(at: state.viewedStep).flatMap(value), style: .series(index), glyphs: context.glyphs
      ),
      style: .series(index), mark: marks[index % marks.count],
      columns: { window in
        DivergenceColumns.estimates(charted.points, window: window, smoothing: smoothing, value: value)
      })
  }
}
