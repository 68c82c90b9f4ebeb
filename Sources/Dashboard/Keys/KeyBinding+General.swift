internal import CellCanvas
internal import Curves
internal import RunFeed
internal import RunModel

/// Keys that mean the same on every page.
extension KeyBinding {
  static let general: [KeyBinding] = [
    KeyBinding("quit", ["q", .control("c")], "quit", in: .general, hint: "quit") { state, _ in state.quit() },
    KeyBinding("toggle-help", ["?", .function(1)], "show or hide this help", in: .general, hint: "help") {
      state, _ in
      state.toggleHelp()
    },
    KeyBinding(
      "close", [.escape], "close what is open: help, the crosshair, a maximised panel, a zoom, a page",
      in: .general
    ) { state, _ in
      state.close()
    },
    KeyBinding("scroll-down", [.down, "j"], "scroll help or the focused list down", in: .general) {
      state, _ in
      state.scroll(by: 1)
    },
    KeyBinding("scroll-up", [.up, "k"], "scroll help or the focused list up", in: .general) { state, _ in
      state.scroll(by: -1)
    },
    KeyBinding("copy-frame", ["y"], "copy this screen to the clipboard, as text", in: .general) { state, _ in
      state.requests.append(.copyFrame)
    },
    KeyBinding("save-frame", ["Y"], "write this screen into a file here, as an SVG picture", in: .general) {
      state, _ in state.requests.append(.saveFrame)
    },
  ]

  static let pages: [KeyBinding] = Page.allCases.map { page in
    KeyBinding(name(showing: page), [page.key], "show the \(page.title)", in: .pages, hint: page.title) {
      state, _ in state.page = page
    }
  }
}

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
