internal import RunModel

/// What the keys of the metrics page do.
extension DashboardState {
  /// The keys below each other as the last screen showed them.
  private var metricsList: MetricsList { MetricsList(self, across: metrics.across) }

  mutating func moveMetric(down lines: Int) {
    metrics.selection = metricsList.moved(metrics.selection, down: lines)
  }

  /// Moves to the next key, or where one key has the page or the crosshair is there, the crosshair.
  mutating func moveMetric(across items: Int) {
    if metrics.isMaximised || charts.cursor != nil { return moveCrosshair(by: items) }
    metrics.selection = metricsList.moved(metrics.selection, across: items)
  }

  /// Moves to the next key, or where one key has the page, pans.
  mutating func moveMetricOrPan(_ direction: Int) {
    if metrics.isMaximised { return pan(by: Double(direction) / 4) }
    metrics.selection = metricsList.moved(metrics.selection, across: direction)
  }

  /// Maximises the selected key, or shows and hides the keys below the selected heading.
  mutating func openMetric() {
    if metrics.isMaximised || metricsList.series(of: metrics.selection) != nil {
      metrics.isMaximised.toggle()
    } else {
      foldMetrics()
    }
  }

  /// Shows or hides the keys below the heading of the selection, which is selected then.
  mutating func foldMetrics() {
    guard let heading = metricsList.heading(of: metrics.selection) else { return }
    metrics.collapsed.formSymmetricDifference([heading])
    metrics.selection = .heading(heading)
    metrics.isMaximised = false
  }

  mutating func pinMetric() {
    guard let id = metricsList.series(of: metrics.selection) else { return }
    metrics.selection = .metric(shown.series[id].name)
    metrics.togglePin(shown.series[id].name)
  }

  mutating func changeMetricScale() {
    guard let id = metricsList.series(of: metrics.selection) else { return }
    metrics.logarithmic.formSymmetricDifference([shown.series[id].name])
  }

  /// Moves to the first or the last key.
  mutating func moveMetricToEnd(_ direction: Int) {
    let list = metricsList
    let line = direction < 0 ? 0 : list.lines.count - 1
    metrics.selection = list.selection(line: line, place: direction < 0 ? 0 : .max)
  }

  mutating func openMetricPrompt() {
    let before = metrics.filter
    prompt = Prompt(
      label: "/", help: "part of a name, a pattern like eval/*acc*, or /regular expression/", text: before,
      changed: { $0.filterMetrics(by: $1) }, accepted: { state, text, _ in state.filterMetrics(by: text) },
      cancelled: { _ = $0.filterMetrics(by: before) })
  }

  /// - Returns: what is wrong with the filter.
  @discardableResult
  mutating func filterMetrics(by text: String) -> String? {
    metrics.filter(by: text, among: shown.series.map(\.name))
  }
}
