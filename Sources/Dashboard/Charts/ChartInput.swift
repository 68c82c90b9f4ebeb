internal import CellCanvas
internal import Curves
internal import RunAnalysis
internal import RunModel

/// Zooming, panning and pointing: what all charts share.
extension DashboardState {
  mutating func toggleLogarithmic() {
    charts.logarithmic.formSymmetricDifference([overview.focus.isChart ? overview.focus : .loss])
  }

  /// Shows a part of the steps `factor` times as wide.
  mutating func zoom(by factor: Double, around center: Int) {
    show(StepWindow.zoomed(zoomBase, by: factor, around: center, within: steps))
  }

  mutating func pan(by share: Double) {
    guard charts.window != nil else { return }
    show(StepWindow.panned(zoomBase, by: share, within: steps))
  }

  mutating func showAllSteps() { show(nil) }

  /// Shows some steps; those that reach the end of a live run move on with it.
  mutating func show(_ window: ClosedRange<Int>?) {
    charts.window = window
    charts.followsTail = !isReplay && window.map { $0.upperBound >= steps.upperBound } ?? false
  }

  /// The steps in sight that there are.
  private var zoomBase: ClosedRange<Int> { charts.window == nil ? steps : chartSteps.clamped(to: steps) }

  /// What the mouse means over a chart: a click puts the crosshair there, steps that are dragged over are zoomed in on,
  /// and so does the wheel around the pointer.
  mutating func point(_ event: MouseEvent, at pointer: ChartPointer?) {
    guard let pointer else { return }
    switch event.kind {
    case .press:
      charts.dragStart = pointer.isInside ? event.x : nil
      if pointer.isInside { charts.cursor = min(pointer.step, step) }
    case .release: drag(to: pointer.step, x: event.x)
    case .wheelUp: zoom(by: 0.5, around: pointer.step)
    case .wheelDown: zoom(by: 2, around: pointer.step)
    case .doubleClick: charts.cursor = nil
    }
  }

  private mutating func drag(to step: Int, x: Int) {
    defer { charts.dragStart = nil }
    guard let dragStart = charts.dragStart, abs(dragStart - x) >= Self.leastDrag, let cursor = charts.cursor
    else { return }
    let (first, last) = (min(cursor, step), max(cursor, step))
    if first < last { show((first...last).clamped(to: steps)) }
  }

  /// Columns that make a movement of the mouse more than a click.
  private static let leastDrag = 3
}

/// Places to jump to.
extension DashboardState {
  /// Puts the crosshair on a step, and brings that step into sight.
  mutating func putCrosshair(on step: Int) {
    charts.cursor = min(step, self.step)
    guard let window = charts.window, !chartSteps.contains(step) else { return }
    let offset = (Double(step) - Double(window.lowerBound)) / max(1, window.span) - 0.5
    show(StepWindow.panned(window, by: offset, within: steps))
  }

  /// Puts the crosshair on the smallest or largest value in sight of the chart's first curve.
  mutating func jump(to end: ExtentEnd) {
    let window = XAxis(self).window(columns: 1)
    guard let points = pointsToSearch, let step = points.step(of: end, in: window) else {
      return charts.remark = "no finite value in sight"
    }
    putCrosshair(on: step)
  }

  /// Puts the crosshair on the next evaluation, or with a negative `direction` on the one before.
  mutating func jumpToEvaluation(_ direction: Int) {
    guard let step = shown.evaluation(from: viewedStep, direction: direction), step <= self.step else {
      return charts.remark = direction < 0 ? "no evaluation before" : "no later evaluation"
    }
    putCrosshair(on: step)
  }

  /// Puts the crosshair on the next step that a finding begins at; after the last one comes the first.
  mutating func jumpToFinding() {
    let found = findings.map(\.step).filter { steps.contains($0) }.sorted()
    guard let next = found.first(where: { $0 > viewedStep || charts.cursor == nil }) ?? found.first else {
      return charts.remark = "no findings"
    }
    putCrosshair(on: next)
  }

  /// The points of the first curve of the chart that the keys are about.
  private var pointsToSearch: CurvePoints? {
    if page == .metrics {
      let list = MetricsList(self, across: metrics.across)
      return list.series(of: metrics.selection).map {
        CurvePoints(shownInCharts.series[$0].current, rows: shownInCharts.rows)
      }
    }
    let context = DrawContext(glyphs: .braille, now: 0)
    let panel = overview.focus.isChart ? overview.focus : .loss
    return OverviewPage.contents[panel]?(self, context).curves.first?.points
  }
}
