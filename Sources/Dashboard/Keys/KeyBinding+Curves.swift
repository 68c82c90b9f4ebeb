internal import Curves
internal import RunModel

/// Keys of every chart over steps.
extension KeyBinding {
  /// Pages with curves over steps.
  private static let charted: Set<Page> = [.overview, .metrics]
  /// On the metrics page these keys are about the selected key.
  private static let exceptMetrics = charted.subtracting([.metrics])

  static let curves: [KeyBinding] = [
    KeyBinding("smooth-more", ["s"], "smooth curves more", in: .curves, on: charted, hint: "smooth") {
      state, _ in
      state.charts.changeSmoothing(by: 1)
    },
    KeyBinding("smooth-less", ["S"], "smooth curves less", in: .curves, on: charted) { state, _ in
      state.charts.changeSmoothing(by: -1)
    },
    KeyBinding(
      "logarithmic", ["L"], "logarithmic or linear scale", in: .curves, on: exceptMetrics, hint: "log"
    ) { state, _ in
      state.toggleLogarithmic()
    },
    KeyBinding(
      "swap-divergence", ["d"], "swap the two arguments of D", in: .curves,
      on: charted.union([.forgetting])
    ) {
      state, _ in
      state.charts.direction = state.charts.direction.swapped
    },
    KeyBinding(
      "show-abandoned", ["b"], "hide or show branches that restarts replaced", in: .curves, on: charted
    ) {
      state, _ in
      state.charts.showsAbandoned.toggle()
    },
    KeyBinding("robust-range", ["R"], "range of 5 to 95 % of the values, or of all", in: .curves, on: charted)
    {
      state, _ in
      state.charts.isRobust.toggle()
    },
    KeyBinding(
      "x-axis", ["t"], "count steps, time, clock time or tokens along the charts", in: .curves, on: charted
    ) {
      state, _ in state.changeXAxis()
    },
    KeyBinding("zoom-in", ["+", "="], "zoom in on steps", in: .curves, on: charted, hint: "zoom") {
      state, _ in
      state.zoom(by: 0.5, around: state.viewedStep)
    },
    KeyBinding("zoom-out", ["-"], "zoom out", in: .curves, on: charted) { state, _ in
      state.zoom(by: 2, around: state.viewedStep)
    },
    KeyBinding("pan-left", ["h"], "pan to earlier steps", in: .curves, on: exceptMetrics) { state, _ in
      state.pan(by: -0.25)
    },
    KeyBinding("pan-right", ["l"], "pan to later steps", in: .curves, on: exceptMetrics) { state, _ in
      state.pan(by: 0.25)
    },
    KeyBinding("all-steps", ["0"], "show all steps again", in: .curves, on: charted, hint: "all") {
      state, _ in
      state.showAllSteps()
    },
    KeyBinding(
      "crosshair", ["x"], "crosshair on the last step, moved with Left and Right, or none", in: .curves,
      on: charted,
      hint: "crosshair"
    ) { state, _ in state.toggleCrosshair() },
    KeyBinding("crosshair-minimum", ["("], "crosshair to the minimum in sight", in: .curves, on: charted) {
      state, _ in
      state.jump(to: .lowest)
    },
    KeyBinding("crosshair-maximum", [")"], "crosshair to the maximum in sight", in: .curves, on: charted) {
      state, _ in
      state.jump(to: .highest)
    },
    KeyBinding("next-evaluation", ["e"], "crosshair to the next evaluation", in: .curves, on: charted) {
      state, _ in
      state.jumpToEvaluation(1)
    },
    KeyBinding("previous-evaluation", ["E"], "crosshair to the evaluation before", in: .curves, on: charted) {
      state, _ in state.jumpToEvaluation(-1)
    },
    KeyBinding("next-finding", ["!"], "crosshair to the next finding", in: .curves, on: charted) { state, _ in
      state.jumpToFinding()
    },
  ]
}
