internal import CellCanvas
internal import RunModel

/// What train and eval mode mean for both models: dropout, batch statistics and gradients.
enum ModePanel {
  static func draw(_ state: DashboardState, in rect: CellRect, of grid: inout CellGrid, context: DrawContext) {
    PanelFrame.draw(.mode, state, in: rect, of: &grid, context: context)
    let inside = rect.inset()
    let states = state.shown.modeStates(at: state.step)
    guard let shown = states.first else {
      return PanelFrame.drawMessage(
        ["The log does not say in which mode", "the models are: log mode and", "grad_enabled (kltop_log.py does)."],
        in: inside, of: &grid)
    }
    let columns = Columns(inside)
    drawHead(phase: shown.phase, columns, inside, of: &grid)
    for (index, row) in rows(shown).enumerated() {
      drawRow(row, columns, y: inside.y + 1 + index, bottom: inside.maxY, of: &grid)
    }
    drawPhases(states, in: inside, y: inside.y + 1 + rows(shown).count, of: &grid)
  }

  private struct Columns {
    var label: Int
    var policy: Int
    var reference: Int
    var width: Int

    init(_ rect: CellRect) {
      label = rect.x
      let labelWidth = rect.columns >= 44 ? 12 : 10
      width = max(0, (rect.columns - labelWidth) / 2)
      policy = rect.x + labelWidth
      reference = policy + width
    }
  }

  /// One line of the table; where a cell is too narrow for the long text the short one stands.
  private struct Row {
    var label: String
    var policy: [String]
    var reference: [String]
    /// The mode itself stands out.
    var isStrong = false
  }

  private static func rows(_ modes: ModeState) -> [Row] {
    let policy = modes.policy.isTraining
    let reference = modes.reference.isTraining
    return [
      Row(label: "mode", policy: modeName(policy), reference: modeName(reference), isStrong: true),
      Row(label: "Dropout", policy: dropout(policy), reference: dropout(reference)),
      Row(label: "BatchNorm", policy: statistics(policy), reference: statistics(reference)),
      Row(label: "", policy: movement(policy), reference: movement(reference)),
      Row(
        label: "gradients", policy: gradients(modes.policy.recordsGradients),
        reference: gradients(modes.reference.recordsGradients)),
    ]
  }

  private static func modeName(_ isTraining: Bool?) -> [String] {
    [isTraining.map { $0 ? "train" : "eval" } ?? "not logged"]
  }

  private static func dropout(_ isTraining: Bool?) -> [String] {
    isTraining.map { $0 ? ["drops units", "drops"] : ["passes all", "passes"] } ?? ["?"]
  }

  private static func statistics(_ isTraining: Bool?) -> [String] {
    isTraining.map { $0 ? ["batch stats,", "batch,"] : ["running stats,", "running,"] } ?? ["?"]
  }

  private static func movement(_ isTraining: Bool?) -> [String] {
    isTraining.map { $0 ? ["updates running", "updates"] : ["left as they are", "frozen"] } ?? [""]
  }

  private static func gradients(_ recorded: Bool?) -> [String] {
    recorded.map { $0 ? ["recorded"] : ["off (no_grad)", "no_grad"] } ?? ["not logged"]
  }

  private static func drawHead(
    phase: String, _ columns: Columns, _ inside: CellRect, of grid: inout CellGrid
  ) {
    grid.write(columns.policy - columns.label > 11 ? phase + " phase" : phase, x: columns.label, y: inside.y, style: .faint, maxColumns: columns.policy - columns.label)
    grid.write("policy", x: columns.policy, y: inside.y, style: Style(.policy), maxColumns: columns.width)
    grid.write("reference", x: columns.reference, y: inside.y, style: Style(.reference), maxColumns: columns.width)
  }

  private static func drawRow(_ row: Row, _ columns: Columns, y: Int, bottom: Int, of grid: inout CellGrid) {
    guard y < bottom else { return }
    let style = row.isStrong ? Style(.text, bold: true) : .text
    grid.write(row.label, x: columns.label, y: y, style: .faint)
    for (x, texts) in [(columns.policy, row.policy), (columns.reference, row.reference)] {
      let text = texts.first { DisplayWidth.of($0) < columns.width } ?? texts.last ?? ""
      grid.write(text, x: x, y: y, style: style, maxColumns: columns.width)
    }
  }

  /// One line for each phase: how it stands and since when.
  private static func drawPhases(_ states: [ModeState], in inside: CellRect, y: Int, of grid: inout CellGrid) {
    for (index, state) in states.enumerated() where y + index < inside.maxY {
      grid.write(phaseText(state), x: inside.x, y: y + index, maxColumns: inside.columns)
    }
  }

  private static func phaseText(_ state: ModeState) -> [TextRun] {
    [
      TextRun(DisplayWidth.pad(state.phase + ":", to: 7), .faint),
      TextRun(ModeText.mode(state.policy), .policy),
      TextRun(" \(ModeText.gradients(state.policy))", .faint),
      TextRun(" | ", .faint),
      TextRun(ModeText.mode(state.reference), .reference),
      TextRun(" \(ModeText.gradients(state.reference))", .faint),
      TextRun("  since \(state.sinceStep)", .faint),
    ]
  }
}
