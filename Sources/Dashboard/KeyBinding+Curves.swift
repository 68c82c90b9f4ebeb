internal import CellCanvas

/// Keys of every chart over steps.
extension KeyBinding {
  static let curves: [KeyBinding] = [
    KeyBinding("smooth-more", ["s"], "smooth curves more", in: .curves, on: [.overview], hint: "smooth") {
      state, _ in
      state.charts.changeSmoothing(by: 1)
    },
    KeyBinding("smooth-less", ["S"], "smooth curves less", in: .curves, on: [.overview]) { state, _ in
      state.charts.changeSmoothing(by: -1)
    },
    KeyBinding("logarithmic", ["L"], "logarithmic or linear scale", in: .curves, on: [.overview], hint: "log")
    { state, _ in
      state.toggleLogarithmic()
    },
    KeyBinding(
      "swap-divergence", ["d"], "swap the two arguments of D", in: .curves, on: [.overview, .forgetting]
    ) {
      state, _ in
      state.charts.direction = state.charts.direction.swapped
    },
    KeyBinding(
      "show-abandoned", ["b"], "hide or show branches that restarts replaced", in: .curves, on: [.overview]
    ) {
      state, _ in
      state.charts.showsAbandoned.toggle()
    },
    KeyBinding("zoom-in", ["+", "="], "zoom in on steps", in: .curves, on: [.overview], hint: "zoom") {
      state, _ in
      state.zoom(by: 0.5, around: state.viewedStep)
    },
    KeyBinding("zoom-out", ["-"], "zoom out", in: .curves, on: [.overview]) { state, _ in
      state.zoom(by: 2, around: state.viewedStep)
    },
    KeyBinding("pan-left", ["h"], "pan to earlier steps", in: .curves, on: [.overview]) { state, _ in
      state.pan(by: -0.25)
    },
    KeyBinding("pan-right", ["l"], "pan to later steps", in: .curves, on: [.overview]) { state, _ in
      state.pan(by: 0.25)
    },
    KeyBinding(
      "crosshair", ["x"], "crosshair on the last step, moved with Left and Right, or none", in: .curves,
      on: [.overview],
      hint: "crosshair"
    ) { state, _ in state.toggleCrosshair() },
    KeyBinding("all-steps", ["0"], "show all steps again", in: .curves, on: [.overview], hint: "all") {
      state, _ in
      state.charts.window = nil
    },
  ]
}
