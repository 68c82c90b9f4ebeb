internal import CellCanvas
internal import Curves
internal import RunAnalysis
internal import RunFeed
internal import RunModel

/// What lies below a plot, in the lower border of its panel, where it costs no row: steps, time or tokens.
struct XAxis {
  /// Steps from left to right.
  var steps: ClosedRange<Int>
  /// What the axis counts instead of steps.
  var measure: XQuantity?
  /// Steps to mark.
  var restarts: [Int]
  /// Steps of saved checkpoints, and of the one to keep.
  var checkpoints: [Int] = []
  var keep: Int?
  /// The step of the crosshair, named in any case.
  var cursor: Int?

  init(_ state: DashboardState) {
    steps = state.chartSteps
    measure = state.xQuantity
    restarts = state.shownInCharts.restarts.map(\.toStep)
    cursor = state.crosshair
    checkpoints = state.shownInCharts.checkpoints.map(\.step)
    keep = state.runs.current.onScreen.checkpointAdvice.map { $0.candidates[$0.keep].checkpoint.step }
  }

  /// An axis that counts steps.
  init(steps: ClosedRange<Int>, cursor: Int?) {
    self.steps = steps
    self.cursor = cursor
    restarts = []
  }

  /// The steps in sight, in so many columns.
  func window(columns: Int) -> CurveWindow {
    measure?.window(steps, columns: columns)
      ?? CurveWindow(
        firstStep: steps.lowerBound, lastStep: steps.upperBound, columns: columns)
  }

  /// The column of the crosshair; `nil` where it is not in sight.
  func cursorColumn(of columns: Int) -> Int? {
    cursor.flatMap { steps.contains($0) ? window(columns: columns).column(ofStep: $0) : nil }
  }

  func draw(below plot: CellRect, in rect: CellRect, of grid: inout CellGrid, glyphs: GlyphSet) {
    let y = rect.maxY - 1
    let cells = window(columns: plot.columns)
    let label = cursorLabel(cells, glyphs: glyphs)
    let room = plot.columns - title.count - 2
    for tick in Ticks.horizontal(range, kind: kind, columns: plot.columns)
    where tick.labelCells.upperBound <= room && !(label?.isNear(tick.labelCells) ?? false) {
      grid.write(tick.label, x: plot.x + tick.labelCells.lowerBound, y: y, style: .faint)
    }
    let end = (plot.columns - title.count)..<plot.columns
    if room > 8, !(label?.isNear(end) ?? false) {
      grid.write(title, x: plot.x + end.lowerBound, y: y, style: .faint)
    }
    drawCheckpoints(cells, plot: plot, y: y, of: &grid, glyphs: glyphs)
    for step in restarts where steps.contains(step) {
      grid.set(
        x: plot.x + cells.column(ofStep: step), y: y,
        Cell(glyph: glyphs.marks.event, style: Style(.warning)))
    }
    guard let label else { return }
    grid.write(label.text, x: plot.x + label.cells.lowerBound, y: y, style: Style(.selection, bold: true))
  }

  /// On the line where no label stands, else above it where no curve is drawn later.
  private func drawCheckpoints(
    _ window: CurveWindow, plot: CellRect, y: Int, of grid: inout CellGrid, glyphs: GlyphSet
  ) {
    func draw(_ step: Int, _ glyph: Character, _ style: Style) {
      let x = plot.x + window.column(ofStep: step)
      let isFree = grid.cell(x: x, y: y)?.glyph == glyphs.box.horizontal
      grid.set(x: x, y: isFree ? y : plot.maxY - 1, Cell(glyph: glyph, style: style))
    }
    for step in checkpoints where steps.contains(step) && step != keep {
      draw(step, glyphs.marks.checkpoint, Style(.note))
    }
    if let keep, steps.contains(keep) { draw(keep, glyphs.marks.keep, Style(.good, bold: true)) }
  }

  private var title: String {
    switch measure?.kind ?? .step {
    case .step: "step"
    case .elapsed: "time"
    case .clock: "UTC"
    case .tokens: "tokens"
    }
  }

  private var kind: TickKind {
    switch measure?.kind ?? .step {
    case .step, .tokens: .integer
    case .elapsed: .duration
    case .clock: .clock
    }
  }

  private var range: ClosedRange<Double> {
    guard let measure else { return Double(steps.lowerBound)...Double(steps.upperBound) }
    let low = measure.value(at: steps.lowerBound)
    return low...max(low, measure.value(at: steps.upperBound))
  }

  private struct CursorLabel {
    var text: String
    var cells: Range<Int>

    /// True where labels would touch.
    func isNear(_ other: Range<Int>) -> Bool {
      other.lowerBound <= cells.upperBound && cells.lowerBound <= other.upperBound
    }
  }

  /// The step of the crosshair, below its line; in full words where the axis counts something else.
  private func cursorLabel(_ window: CurveWindow, glyphs: GlyphSet) -> CursorLabel? {
    guard let cursor, steps.contains(cursor) else { return nil }
    let text = (measure == nil ? "" : "step ") + ValueText.withMinus("\(cursor)", glyphs: glyphs)
    let width = DisplayWidth.of(text)
    guard width <= window.columns else { return nil }
    let start = min(max(0, window.column(ofStep: cursor) - width / 2), window.columns - width)
    return CursorLabel(text: text, cells: start..<start + width)
  }
}

extension DashboardState {
  /// What the x axis counts instead of steps; `nil` for steps, and where the log does not tell.
  var xQuantity: XQuantity? { axisRun.measure(charts.xAxis) }

  /// A replay has the axes of its whole run.
  private var axisRun: RunModel { isReplay ? run : shownInCharts }

  /// The steps that charts show: the chosen window, else all, and for a live run some that are to come.
  var chartSteps: ClosedRange<Int> {
    let all = isReplay ? steps : shownInCharts.steps
    if let window = charts.window {
      guard charts.followsTail, !isReplay else { return window }
      return StepWindow.ending(at: all.upperBound, as: window, within: all)
    }
    let last = max(all.upperBound, chartEnd ?? all.upperBound)
    guard last == all.lowerBound else { return all.lowerBound...last }
    // One step alone: a little to the right, or to the left where there is none.
    return last < .max ? last...last + 1 : last - 1...last
  }

  /// Lets the x axis count the next thing that the log tells of.
  mutating func changeXAxis() {
    let kinds = XQuantity.Kind.allCases
    let start = kinds.firstIndex(of: charts.xAxis) ?? 0
    let order = (1...kinds.count).map { kinds[(start + $0) % kinds.count] }
    let next = order.firstIndex { $0 == .step || axisRun.measure($0) != nil } ?? 0
    charts.xAxis = order[next]
    let missing = Set(order[..<next].map { $0 == .tokens ? "token count" : "times" })
    if !missing.isEmpty {
      charts.remark = "no " + missing.sorted().reversed().joined(separator: ", no ") + " in this log"
    }
  }
}
