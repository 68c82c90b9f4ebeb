internal import CellCanvas

/// Keys of the overview's panels.
extension KeyBinding {
  static let panels: [KeyBinding] =
    [
      KeyBinding("next-panel", [.tab], "focus the next panel", in: .panels, on: [.overview], hint: "panel") {
        state, _ in
        state.moveFocus(to: state.overview.focus.next(by: 1))
      },
      KeyBinding("previous-panel", [.backtab], "focus the previous panel", in: .panels, on: [.overview]) {
        state, _ in
        state.moveFocus(to: state.overview.focus.next(by: -1))
      },
      KeyBinding(
        "maximise", [.enter, "z"], "maximise the focused panel, and back", in: .panels, on: [.overview],
        hint: "maximise"
      ) {
        state, _ in
        state.overview.isMaximised.toggle()
      },
    ]
    + Panel.allCases.enumerated().map { index, panel in
      KeyBinding(
        "focus-\(panel.title)", [.character(Character("\(index + 1)"))], "focus \(panel.title)", in: .panels,
        on: [.overview]
      ) { state, _ in
        state.moveFocus(to: panel)
      }
    }

  static let samples: [KeyBinding] = [
    KeyBinding("next-sample", ["n"], "next sample", in: .samples, on: [.overview, .samples], hint: "sample") {
      state, _ in state.moveSample(by: 1)
    },
    KeyBinding("previous-sample", ["p", "N"], "previous sample", in: .samples, on: [.overview, .samples]) {
      state, _ in state.moveSample(by: -1)
    },
    KeyBinding(
      "follow-worst-sample", ["w"], "follow the sample with the largest divergence", in: .samples,
      on: [.overview]
    ) { state, _ in
      state.sample = SampleSelection()
    },
    KeyBinding(
      "next-token", [">", "."], "next token of a sequence", in: .samples, on: [.overview, .samples]
    ) {
      state, _ in state.moveRow(by: 1)
    },
    KeyBinding(
      "previous-token", ["<", ","], "previous token of a sequence", in: .samples, on: [.overview, .samples]
    ) { state, _ in state.moveRow(by: -1) },
  ]
}

/// Keys of the page of samples.
extension KeyBinding {
  static let sampleList: [KeyBinding] = [
    KeyBinding(
      "sort-next", ["s"], "sort samples by the next column", in: .samples, on: [.samples], hint: "sort"
    ) { state, _ in state.sortSamples(by: state.sample.order.column.next(by: 1)) },
    KeyBinding(
      "sort-reverse", ["S"], "sort samples the other way round", in: .samples, on: [.samples], hint: "reverse"
    ) { state, _ in state.reverseSamples() },
    KeyBinding(
      "filter-samples", ["/"], "filter samples by name, set, class, or by what became of them", in: .samples,
      on: [.samples], hint: "filter"
    ) { state, _ in state.askForSampleFilter() },
    KeyBinding(
      "open-sample", [.enter], "open the sample under the cursor, and back", in: .samples, on: [.samples],
      hint: "open"
    ) { state, _ in state.toggleSample() },
    KeyBinding(
      "every-entry", ["e"], "show the bars of every entry, or only of those of 1 % or more", in: .samples,
      on: [.samples]
    ) { state, _ in
      state.samples.showsAll.toggle()
      state.samples.scroll = 0
    },
    KeyBinding(
      "samples-down", [.pageDown], "ten samples or bars further down", in: .samples, on: [.samples]
    ) { state, _ in state.scroll(by: 10) },
    KeyBinding("samples-up", [.pageUp], "ten samples or bars further up", in: .samples, on: [.samples]) {
      state, _ in state.scroll(by: -10)
    },
    KeyBinding(
      "first-sample", [.home, "g"], "go to the first sample; of an open one to the first evaluation",
      in: .samples, on: [.samples]
    ) { state, _ in state.moveToEnd(-1) },
    KeyBinding(
      "last-sample", [.end, "G"], "go to the last sample; of an open one to the last evaluation",
      in: .samples, on: [.samples]
    ) { state, _ in state.moveToEnd(1) },
    KeyBinding(
      "earlier-evaluation", [.left, "["], "show samples at the evaluation before", in: .samples,
      on: [.samples], when: .live, hint: "earlier"
    ) { state, _ in state.moveEvaluation(by: -1) },
    KeyBinding(
      "later-evaluation", [.right, "]"], "show samples at the next evaluation", in: .samples,
      on: [.samples], when: .live, hint: "later"
    ) { state, _ in state.moveEvaluation(by: 1) },
  ]
}

/// Keys of the metrics page.
extension KeyBinding {
  static let metrics: [KeyBinding] =
    [
      metric(
        "filter-metrics", ["/"], "show only keys that fit a name, a pattern or a /regular expression/",
        hint: "filter"
      ) {
        $0.openMetricPrompt()
      },
      metric(
        "open-metric", [.enter, "z"], "maximise the selected key, show or hide a heading's keys",
        hint: "maximise"
      ) {
        $0.openMetric()
      },
      metric("pin-metric", ["p"], "pin the selected key to the top, or let it go", hint: "pin") {
        $0.pinMetric()
      },
      metric("fold-metrics", ["c"], "hide or show the keys of a heading", hint: "fold") { $0.foldMetrics() },
      metric("arrange-metrics", ["a"], "arrange keys by name or by recent change", hint: "arrange") {
        $0.metrics.order = $0.metrics.order == .name ? .change : .name
      },
      metric("metric-scale", ["L"], "logarithmic or linear scale of the selected key") {
        $0.changeMetricScale()
      },
      metric("metric-left", ["h"], "key to the left, or earlier steps of a maximised one") {
        $0.moveMetricOrPan(-1)
      },
      metric("metric-right", ["l"], "key to the right, or later steps of a maximised one") {
        $0.moveMetricOrPan(1)
      },
      metric("metric-left-or-crosshair", [.left], "key to the left, or the crosshair") {
        $0.moveMetric(across: -1)
      },
      metric("metric-right-or-crosshair", [.right], "key to the right, or the crosshair") {
        $0.moveMetric(across: 1)
      },
      metric("metrics-page-down", [.control("f"), .control("d")], "several rows of keys down") {
        $0.moveMetric(down: 3)
      },
      metric("metrics-page-up", [.control("b"), .control("u")], "several rows of keys up") {
        $0.moveMetric(down: -3)
      },
    ] + liveMetrics

  private static let liveMetrics: [KeyBinding] = [
    metric("metrics-live-page-down", [.pageDown], "several rows of keys down", when: .live) {
      $0.moveMetric(down: 3)
    },
    metric("metrics-live-page-up", [.pageUp], "several rows of keys up", when: .live) {
      $0.moveMetric(down: -3)
    },
    metric("first-metric", [.home, "g"], "first key", when: .live) { $0.moveMetricToEnd(-1) },
    metric("last-metric", [.end, "G"], "last key", when: .live) { $0.moveMetricToEnd(1) },
  ]

  private static func metric(
    _ name: String, _ keys: [Key], _ help: String, when availability: Availability = .always,
    hint: String? = nil, action: @escaping @Sendable (inout DashboardState) -> Void
  ) -> KeyBinding {
    KeyBinding(name, keys, help, in: .metrics, on: [.metrics], when: availability, hint: hint) { state, _ in
      action(&state)
    }
  }
}

/// Keys of the page about forgetting.
extension KeyBinding {
  static let forgetting: [KeyBinding] = [
    KeyBinding(
      "next-distance", ["D"], "next divergence to the right of the scatter: of the new task, of the old one",
      in: .forgetting, on: [.forgetting], hint: "divergence"
    ) { state, _ in state.forgetting.nextDistance(in: state.shown) },
    KeyBinding(
      "next-metric", ["n"], "next metric up the scatter", in: .forgetting, on: [.forgetting], hint: "metric"
    ) { state, _ in state.forgetting.moveMetric(by: 1, in: state.shown) },
    KeyBinding("previous-metric", ["p", "N"], "previous metric", in: .forgetting, on: [.forgetting]) {
      state, _ in state.forgetting.moveMetric(by: -1, in: state.shown)
    },
    KeyBinding(
      "set-budgets", ["b"], "set what the runs may spend: old/accuracy=-5pt, kl/old=0.5", in: .forgetting,
      on: [.forgetting], hint: "budget"
    ) { state, _ in state.askForBudgets() },
    KeyBinding(
      "open-checkpoint", [.enter], "show the samples as they were at the chosen checkpoint", in: .forgetting,
      on: [.forgetting], hint: "samples"
    ) { state, _ in state.openCheckpoint() },
  ]
}

/// Keys for several runs.
extension KeyBinding {
  static let runs: [KeyBinding] = [
    KeyBinding("next-run", ["}"], "look at the next run", in: .runs) { state, _ in state.lookAtNextRun(by: 1)
    },
    KeyBinding("previous-run", ["{"], "look at the previous run", in: .runs) { state, _ in
      state.lookAtNextRun(by: -1)
    },
    KeyBinding("open-run", [.enter], "look at the chosen run", in: .runs, on: [.runs], hint: "open") {
      state, _ in state.look(atRun: state.runsTable.cursor)
    },
    KeyBinding(
      "hide-run", ["v"], "hide the chosen run in charts, or show it", in: .runs, on: [.runs], hint: "hide"
    ) { state, _ in state.runs.toggleHidden(state.runsTable.cursor) },
    KeyBinding(
      "solo-run", ["a"], "show the chosen run alone, and back", in: .runs, on: [.runs], hint: "alone"
    ) {
      state, _ in state.runs.toggleSolo(state.runsTable.cursor)
    },
    KeyBinding(
      "baseline-run", ["b"], "compare all runs with the chosen one, and back", in: .runs, on: [.runs],
      hint: "baseline"
    ) { state, _ in state.runs.toggleBaseline(state.runsTable.cursor) },
    KeyBinding("sort-runs", ["s"], "sort runs by the next column", in: .runs, on: [.runs], hint: "sort") {
      state, _ in state.sortRunsByNextColumn()
    },
    KeyBinding(
      "reverse-runs", ["S"], "sort runs the other way round", in: .runs, on: [.runs], hint: "reverse"
    ) {
      state, _ in state.runsTable.isDescending.toggle()
    },
    KeyBinding(
      "configuration", ["c"],
      "show curves, the keys of the configuration in which runs differ, or all of them",
      in: .runs, on: [.runs], hint: "config"
    ) { state, _ in state.showNextBelowRuns() },
    KeyBinding("configuration-down", ["J"], "further down in the configuration", in: .runs, on: [.runs]) {
      state, _ in state.scrollConfiguration(by: 5)
    },
    KeyBinding("configuration-up", ["K"], "further up in the configuration", in: .runs, on: [.runs]) {
      state, _ in state.scrollConfiguration(by: -5)
    },
    KeyBinding(
      "next-measure", [">", ".", .right], "show the next measure of the runs", in: .runs, on: [.runs]
    ) {
      state, _ in state.moveRunsMeasure(by: 1)
    },
    KeyBinding(
      "previous-measure", ["<", ",", .left], "show the previous measure of the runs", in: .runs, on: [.runs]
    ) {
      state, _ in state.moveRunsMeasure(by: -1)
    },
  ]
}
