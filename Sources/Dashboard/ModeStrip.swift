internal import CellCanvas
internal import RunModel

/// The switches of both models over the steps of the run, a row for each phase and model.
struct ModeStrip {
  private var lanes: [Lane]
  private var steps: ClosedRange<Int>
  /// Where the run or its replay stands.
  private var lastStep: Int
  private var restarts: [Int]
  private var cursor: Int?
  private var glyphs: GlyphSet

  init(_ state: DashboardState, glyphs: GlyphSet) {
    steps = state.chartSteps
    lastStep = state.step
    restarts = state.shownInCharts.restarts.map(\.toStep)
    cursor = state.crosshair
    self.glyphs = glyphs
    let changes = state.shown.modeChanges.filter { $0.sinceStep <= state.step }
    lanes = ["train", "eval"].flatMap { phase in
      let own = changes.filter { $0.phase == phase }
      return own.isEmpty
        ? []
        : [
          Lane(label: "\(phase) policy", role: .policy, own.map { ($0.sinceStep, $0.policy) }),
          Lane(label: "\(phase) reference", role: .reference, own.map { ($0.sinceStep, $0.reference) }),
        ]
    }
  }

  /// Rows it takes.
  var rows: Int { lanes.count }

  /// Draws into `rect`; the steps stand in the lower border of `panel`.
  func draw(in rect: CellRect, panel: CellRect, of grid: inout CellGrid) {
    guard rect.columns >= Self.labelColumns + 12 else { return }
    let plot = CellRect(
      x: rect.x + Self.labelColumns, y: rect.maxY - rows, columns: rect.columns - Self.labelColumns,
      rows: rows)
    let window = CurveWindow(firstStep: steps.lowerBound, lastStep: steps.upperBound, columns: plot.columns)
    for (index, lane) in lanes.enumerated() {
      let y = plot.y + index
      grid.write(lane.label, x: rect.x, y: y, style: .faint, maxColumns: Self.labelColumns - 1)
      let spans = lane.spans(in: window, through: lastStep)
      // A moment in train mode is never hidden by what surrounds it.
      for span in spans where span.switches.isTraining != true { draw(span, lane, plot, y: y, of: &grid) }
      for span in spans where span.switches.isTraining == true { draw(span, lane, plot, y: y, of: &grid) }
    }
    StepAxis(steps: steps, restarts: restarts, cursor: cursor)
      .draw(below: plot, in: panel, of: &grid, glyphs: glyphs)
  }

  private static let labelColumns = 16

  /// The longest text that fits, then a line to the end of the span.
  private func draw(_ span: Span, _ lane: Lane, _ plot: CellRect, y: Int, of grid: inout CellGrid) {
    let mode = ModeText.mode(span.switches)
    let long = [mode, ModeText.gradients(span.switches)].filter { !$0.isEmpty }.joined(separator: " ")
    let width = span.columns.count
    let text = [long + " ", mode, mode.prefix(1).uppercased()].first { $0.count <= width } ?? ""
    let style = Style(lane.role, bold: span.switches.isTraining == true)
    grid.horizontalLine(
      x: plot.x + span.columns.lowerBound, y: y, columns: width, style: .faint, glyphs: glyphs)
    grid.write(text, x: plot.x + span.columns.lowerBound, y: y, style: style)
  }
}

/// The switches of one model in one phase.
private struct Lane {
  var label: String
  var role: StyleRole
  /// Where they changed, in the order of the steps.
  var changes: [(step: Int, switches: ModelSwitches)] = []

  init(label: String, role: StyleRole, _ states: [(Int, ModelSwitches)]) {
    self.label = label
    self.role = role
    for (step, switches) in states where changes.last?.switches != switches {
      changes.append((step, switches))
    }
  }

  /// The columns each state lasts for: one at least, up to and with the column of `lastStep`.
  func spans(in window: CurveWindow, through lastStep: Int) -> [Span] {
    let end = min(window.columns, window.column(ofStep: lastStep) + 1)
    return changes.indices.compactMap { index in
      let next = index + 1 < changes.count ? window.column(ofStep: changes[index + 1].step) : end
      let start = max(0, window.column(ofStep: changes[index].step))
      let stop = min(end, max(next, start + 1))
      // What ended before the window began is not in it.
      return start < stop && next >= 0 ? Span(columns: start..<stop, switches: changes[index].switches) : nil
    }
  }
}

private struct Span {
  var columns: Range<Int>
  var switches: ModelSwitches
}
