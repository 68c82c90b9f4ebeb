internal import CellCanvas
internal import RunFeed

/// Keys that move through the run.
extension KeyBinding {
  /// On the metrics page arrows go from key to key, on that of runs from measure to measure.
  private static let exceptLists = Page.all.subtracting([.metrics, .runs])

  static let liveTime: [KeyBinding] = [
    KeyBinding(
      "pause",
      [" "], "freeze the screen; reading goes on behind it", in: .time, when: .live, hint: "pause"
    ) { state, _ in state.togglePause() },
    KeyBinding(
      "crosshair-left", [.left], "move the crosshair to the point before", in: .time, on: exceptLists,
      when: .live
    ) {
      state, _ in state.moveCrosshair(by: -1)
    },
    KeyBinding(
      "crosshair-right", [.right], "move the crosshair to the next point", in: .time, on: exceptLists,
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
      "jump-forward", [.right], "to the next step, evaluation, finding or restart", in: .time, when: .replay,
      hint: "next"
    ) { state, _ in state.moveInTime(by: 1) },
    KeyBinding(
      "jump-back", [.left], "to the step, evaluation, finding or restart before", in: .time, when: .replay
    ) { state, _ in state.moveInTime(by: -1) },
    KeyBinding(
      "jump-unit", ["u"], "let left and right go by steps, evaluations, findings or restarts", in: .time,
      when: .replay, hint: "unit"
    ) { state, _ in state.replay?.nextJumpUnit() },
    KeyBinding(
      "go-to", [":"], "go to a step, to a percentage such as 35%, to start or end", in: .time, when: .replay,
      hint: "seek"
    ) { state, _ in state.prompt = .goTo },
    KeyBinding(
      "leap-forward", [.pageDown], "a tenth of the run forward", in: .time, when: .replay
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
    KeyBinding("play-slower", ["["], "play slower", in: .time, when: .replay) { state, _ in
      state.replay?.changeSpeed(by: -1)
    },
    KeyBinding(
      "pace", ["T"], "play by steps, or as recorded: with the gaps that the log's times have", in: .time,
      when: .replay
    ) { state, _ in state.replay?.togglePace() },
    KeyBinding("first-step", [.home, "g"], "go to the first step", in: .time, when: .replay) { state, _ in
      state.seek(to: state.steps.lowerBound)
    },
    KeyBinding("last-step", [.end, "G"], "go to the last step", in: .time, when: .replay) { state, _ in
      state.seek(to: state.steps.upperBound)
    },
  ]
}
