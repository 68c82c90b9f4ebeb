internal import CellCanvas
internal import RunModel

/// What train and eval mode mean for both models, and, where there is room, how they changed over the run.
enum ModePanel {
  static func draw(_ state: DashboardState, in rect: CellRect, of grid: inout CellGrid, context: DrawContext)
  {
    let x = PanelFrame.draw(.mode, state, in: rect, of: &grid, context: context)
    let inside = rect.inset()
    let states = state.shown.modeStates(at: state.viewedStep)
    guard let shown = states.first else {
      return PanelFrame.drawMessage(
        "the log does not say in which mode the models are: log mode and grad_enabled (kltop_log.py does)",
        in: inside, of: &grid)
    }
    PanelFrame.drawInBorder(
      [FlexibleText([[TextRun("since step \(shown.sinceStep)", .faint)], []])], in: rect, from: x, of: &grid)
    let table = ModeTable(modes: shown, mayHaveBatchNorm: !state.shown.isOfLanguageModel)
    table.draw(in: inside, of: &grid)
    var y = inside.y + table.rows
    for other in states.dropFirst() where y < inside.maxY {
      grid.write(
        FlexibleText.line([phaseText(other)], in: inside.columns, gap: 0), x: inside.x, y: y,
        maxColumns: inside.columns)
      y += 1
    }
    let strip = ModeStrip(state, glyphs: context.glyphs)
    let rest = CellRect(x: inside.x, y: y + 1, columns: inside.columns, rows: inside.maxY - y - 1)
    if rest.rows >= strip.rows { strip.draw(in: rest, panel: rect, of: &grid) }
  }

  /// How another phase stands, and since when.
  private static func phaseText(_ state: ModeState) -> FlexibleText {
    let models = [
      TextRun(DisplayWidth.pad(state.phase + ":", to: 6), .faint),
      TextRun(ModeText.mode(state.policy), .policy), TextRun(" \(ModeText.gradients(state.policy))", .faint),
      TextRun(" | ", .faint),
      TextRun(ModeText.mode(state.reference), .reference),
      TextRun(" \(ModeText.gradients(state.reference))", .faint),
    ]
    return FlexibleText([models + [TextRun("  since step \(state.sinceStep)", .faint)], models])
  }
}

/// The switches of both models and what they do to dropout, batch statistics and gradients.
struct ModeTable {
  var modes: ModeState
  /// Language models have no batch statistics, and nothing is said of them.
  var mayHaveBatchNorm = true

  /// A heading and its lines.
  var rows: Int { 1 + lines.count }

  func draw(in rect: CellRect, of grid: inout CellGrid) {
    let columns = Columns(rect)
    let heading = Line(
      label: modes.phase + " phase", policy: ["policy"],
      reference: modes.referenceIsAdapterOff
        ? ["reference: adapters off", "adapters off", "no adapters", "no adapt."] : ["reference"],
      styles: (Style(.policy), Style(.reference)))
    for (index, line) in ([heading] + lines).enumerated() where index < rect.rows {
      draw(line, columns, y: rect.y + index, of: &grid)
    }
  }

  private struct Columns {
    var label: Int
    var policy: Int
    var reference: Int
    var width: Int

    static let labelWidth = 12

    init(_ rect: CellRect) {
      label = rect.x
      width = max(0, (rect.columns - Self.labelWidth) / 2)
      policy = rect.x + Self.labelWidth
      reference = policy + width
    }
  }

  /// One line: what stands in both cells, from the longest texts to the shortest.
  private struct Line {
    var label: String
    var policy: [String]
    var reference: [String]
    var styles = (Style.text, Style.text)
  }

  private var lines: [Line] {
    let policy = modes.policy.isTraining
    let reference = modes.reference.isTraining
    let strong = Style(.text, bold: true)
    return [
      Line(
        label: "mode", policy: Self.mode(policy), reference: referenceMode, styles: (strong, strong)),
      Line(label: "Dropout", policy: Self.dropout(policy), reference: Self.dropout(reference)),
    ] + (mayHaveBatchNorm ? batchNorm(policy, reference) : []) + [
      Line(
        label: "gradients", policy: Self.gradients(modes.policy.recordsGradients),
        reference: Self.gradients(modes.reference.recordsGradients))
    ]
  }

  private func batchNorm(_ policy: Bool?, _ reference: Bool?) -> [Line] {
    [
      Line(label: "BatchNorm", policy: Self.statistics(policy), reference: Self.statistics(reference)),
      Line(label: "  running", policy: Self.movement(policy), reference: Self.movement(reference)),
    ]
  }

  /// A reference that shares the policy's weights runs in evaluations only.
  private var referenceMode: [String] {
    guard let step = modes.referenceLastSeen else { return Self.mode(modes.reference.isTraining) }
    let mode = Self.mode(modes.reference.isTraining)
    return mode.map { "\($0), last at \(step)" } + mode.map { "\($0), at \(step)" } + mode
  }

  private static func mode(_ isTraining: Bool?) -> [String] {
    isTraining.map { $0 ? ["train"] : ["eval"] } ?? ["not logged", "?"]
  }

  private static func dropout(_ isTraining: Bool?) -> [String] {
    isTraining.map { $0 ? ["drops units", "drops"] : ["passes all", "passes"] } ?? ["?"]
  }

  private static func statistics(_ isTraining: Bool?) -> [String] {
    isTraining.map {
      $0 ? ["batch statistics", "batch stats", "batch"] : ["running statistics", "running stats", "running"]
    } ?? ["?"]
  }

  /// What becomes of the running statistics.
  private static func movement(_ isTraining: Bool?) -> [String] {
    isTraining.map { $0 ? ["updated each step", "updated"] : ["left as they are", "frozen"] } ?? ["?"]
  }

  private static func gradients(_ recorded: Bool?) -> [String] {
    recorded.map { $0 ? ["recorded"] : ["off (no_grad)", "no_grad"] } ?? ["not logged", "?"]
  }

  private func draw(_ line: Line, _ columns: Columns, y: Int, of grid: inout CellGrid) {
    grid.write(line.label, x: columns.label, y: y, style: .faint, maxColumns: Columns.labelWidth)
    // Both cells say it equally long.
    let lengths = 0..<max(line.policy.count, line.reference.count)
    func text(_ texts: [String], _ length: Int) -> String { texts[min(length, texts.count - 1)] }
    let length =
      lengths.first {
        DisplayWidth.of(text(line.policy, $0)) < columns.width
          && DisplayWidth.of(text(line.reference, $0)) <= columns.width
      } ?? lengths.upperBound - 1
    grid.write(
      text(line.policy, length), x: columns.policy, y: y, style: line.styles.0, maxColumns: columns.width - 1)
    grid.write(
      text(line.reference, length), x: columns.reference, y: y, style: line.styles.1,
      maxColumns: columns.width)
  }
}

/// The switches of both models in words.
enum ModeText {
  /// Both models for the header: of the training phase, where the log has one.
  static func header(_ state: DashboardState) -> [FlexibleText] {
    guard let modes = state.shown.modeStates(at: state.step).first else {
      return [FlexibleText([[TextRun("modes not logged", .header)], []])]
    }
    return [
      model("policy", .policy, modes.policy),
      model(modes.referenceIsAdapterOff ? "adapters off" : "reference", .reference, modes.reference),
    ]
  }

  /// `train`, `eval` or `?`.
  static func mode(_ switches: ModelSwitches) -> String {
    switches.isTraining.map { $0 ? "train" : "eval" } ?? "?"
  }

  /// `grad`, `no_grad`, or nothing where the log does not say.
  static func gradients(_ switches: ModelSwitches) -> String {
    switches.recordsGradients.map { $0 ? "grad" : "no_grad" } ?? ""
  }

  private static func model(_ name: String, _ role: StyleRole, _ switches: ModelSwitches) -> FlexibleText {
    let label = TextRun(name + " ", role)
    let mode = TextRun(mode(switches).uppercased(), .header, bold: true)
    let gradients = gradients(switches)
    return FlexibleText([
      [label, mode] + (gradients.isEmpty ? [] : [TextRun(" " + gradients, .header)]), [label, mode],
    ])
  }
}
