internal import CellCanvas

/// Keys that move through the run.
extension KeyBinding {
  /// On the metrics page arrows go from key to key.
  private static let exceptMetrics = Page.all.subtracting([.metrics])

  static let liveTime: [KeyBinding] = [
    KeyBinding(
      "pause",
      [" "], "freeze the screen; reading goes on behind it", in: .time, when: .live, hint: "pause"
    ) { state, _ in state.togglePause() },
    KeyBinding(
      "crosshair-left", [.left], "move the crosshair to the point before", in: .time, on: exceptMetrics,
      when: .live
    ) {
      state, _ in state.moveCrosshair(by: -1)
    },
    KeyBinding(
      "crosshair-right", [.right], "move the crosshair to the next point", in: .time, on: exceptMetrics,
      when: .live
    ) {
      state, _ in state.moveCrosshair(by: 1)
    },
  ]

  static let replayTime: [KeyBinding] = [
    KeyBinding("play", [" "], "play or pause", in: .time, when: .replay, hint: "play") { state, now in
      state.togglePlaying(now: now)
    },
    KeyBinding(
      "step-forward", [.right], "one step forward", in: .time, on: exceptMetrics, when: .replay, hint: "step"
    ) {
      state, _ in
      state.moveInTime(by: 1)
    },
    KeyBinding("step-back", [.left], "one step back", in: .time, on: exceptMetrics, when: .replay) {
      state, _ in
      state.moveInTime(by: -1)
    },
    KeyBinding(
      "leap-forward", [.pageDown], "a tenth of the run forward", in: .time, when: .replay, hint: "leap"
    ) {
      state, _ in
      state.seek(by: state.leap)
    },
    KeyBinding("leap-back", [.pageUp], "a tenth of the run back", in: .time, when: .replay) { state, _ in
      state.seek(by: -state.leap)
    },
    KeyBinding("play-faster", ["]"], "play faster", in: .time, when: .replay, hint: "faster") { state, _ in
      state.replay?.changeSpeed(by: 1)
    },
    KeyBinding("play-slower", ["["], "play slower", in: .time, when: .replay, hint: "slower") { state, _ in
      state.replay?.changeSpeed(by: -1)
    },
    KeyBinding("first-step", [.home, "g"], "go to the first step", in: .time, when: .replay) { state, _ in
      state.seek(to: state.steps.lowerBound)
    },
    KeyBinding("last-step", [.end, "G"], "go to the last step", in: .time, when: .replay) { state, _ in
      state.seek(to: state.steps.upperBound)
    },
  ]
}
