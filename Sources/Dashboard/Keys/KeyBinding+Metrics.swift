internal import CellCanvas

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
