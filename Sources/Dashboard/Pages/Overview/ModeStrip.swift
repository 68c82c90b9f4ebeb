internal import CellCanvas
internal import Curves
internal import RunModel

/// The switches of both models over the steps of the run, a row for each phase and model.
struct ModeStrip {
  private var lanes: [Lane]
  private var axis: XAxis
  /// Where the run or its replay stands.
  private var lastStep: Int
  private var glyphs: GlyphSet

  init(_ state: DashboardState, glyphs: GlyphSet) {
    axis = XAxis(state)
    lastStep = state.step
    self.glyphs = glyphs
    let changes = state.shown.modeChanges.filter { $0.sinceStep <= state.step }
    lanes = ["train", "eval"].flatMap { phase in
      let own = changes.filter { $0.phase == phase }
      return own.isEmpty
        ? []
        : [
          Lane(phase: phase, model: "policy", role: .policy, own.map { ($0.sinceStep, $0.policy) }),
          Lane(phase: phase, model: "reference", role: .reference, own.map { ($0.sinceStep, $0.reference) }),
        ]
    }
  }

  /// As many lanes as `rows` have room for, both models of a phase at once, the training phase first; `nil` where that
  /// is none.
  init?(_ state: DashboardState, glyphs: GlyphSet, rows: Int) {
    self.init(state, glyphs: glyphs)
    lanes = Array(lanes.prefix(max(0, rows / 2 * 2)))
    if lanes.isEmpty { return nil }
  }

  /// Rows it takes.
  var rows: Int { lanes.count }

  /// Draws with labels at the left; the steps stand in the lower border of `panel`.
  func draw(in rect: CellRect, panel: CellRect, of grid: inout CellGrid) {
    guard rect.columns >= Self.labelColumns + 12 else { return }
    let plot = CellRect(
      x: rect.x + Self.labelColumns, y: rect.maxY - rows, columns: rect.columns - Self.labelColumns,
      rows: rows)
    for (index, lane) in lanes.enumerated() {
      let y = plot.y + index
      grid.write(
        "\(lane.phase) \(lane.model)", x: rect.x, y: y, style: .faint, maxColumns: Self.labelColumns - 1)
      draw(lane, plot, y: y, of: &grid) { $0 }
    }
    axis.draw(below: plot, in: panel, of: &grid, glyphs: glyphs)
  }

  /// Draws below a plot of the same columns; what a lane is about stands in it.
  func draw(in plot: CellRect, of grid: inout CellGrid) {
    for (index, lane) in lanes.enumerated() {
      let isPhaseClear = Set(lanes.map(\.phase)).count == 1
      let about = isPhaseClear ? lane.model : "\(lane.model) in \(lane.phase) phase"
      draw(lane, plot, y: plot.y + index, of: &grid) { "\(about): \($0)" }
    }
  }

  private static let labelColumns = 16

  /// - Parameter name: what stands in the first span before what the switches are.
  private func draw(
    _ lane: Lane, _ plot: CellRect, y: Int, of grid: inout CellGrid, name: (String) -> String
  ) {
    let spans = lane.spans(in: axis.window(columns: plot.columns), through: lastStep)
    // A moment in train mode is never hidden by what surrounds it.
    for isTraining in [false, true] {
      for (index, span) in spans.enumerated() where (span.switches.isTraining == true) == isTraining {
        draw(span, lane, plot, y: y, of: &grid) { index == 0 ? name($0) : $0 }
      }
    }
  }

  /// The longest text that fits, then a line to the end of the span.
  private func draw(
    _ span: Span, _ lane: Lane, _ plot: CellRect, y: Int, of grid: inout CellGrid, name: (String) -> String
  ) {
    let mode = ModeText.mode(span.switches)
    let long = [mode, ModeText.gradients(span.switches)].filter { !$0.isEmpty }.joined(separator: " ")
    let width = span.columns.count
    let texts = [name(long) + " ", long + " ", mode, String(mode.prefix(1).uppercased())]
    let text = texts.first { $0.count <= width } ?? ""
    let style = Style(lane.role, bold: span.switches.isTraining == true)
    grid.horizontalLine(
      x: plot.x + span.columns.lowerBound, y: y, columns: width, style: .faint, glyphs: glyphs)
    grid.write(text, x: plot.x + span.columns.lowerBound, y: y, style: style)
  }
}

/// The switches of one model in one phase.
private struct Lane {
  var phase: String
  var model: String
  var role: StyleRole
  /// Where they changed, in the order of the steps.
  var changes: [(step: Int, switches: ModelSwitches)] = []

  init(phase: String, model: String, role: StyleRole, _ states: [(Int, ModelSwitches)]) {
    self.phase = phase
    self.model = model
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
