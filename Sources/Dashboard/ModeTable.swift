internal import CellCanvas
internal import RunModel

/// The switches of both models and what they do to dropout, batch statistics and gradients.
struct ModeTable {
  var modes: ModeState

  /// A heading and five lines.
  static let rows = 6

  func draw(in rect: CellRect, of grid: inout CellGrid) {
    let columns = Columns(rect)
    let heading = Line(
      label: modes.phase + " phase", policy: ["policy"], reference: ["reference"],
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
        label: "mode", policy: Self.mode(policy), reference: Self.mode(reference), styles: (strong, strong)),
      Line(label: "Dropout", policy: Self.dropout(policy), reference: Self.dropout(reference)),
      Line(label: "BatchNorm", policy: Self.statistics(policy), reference: Self.statistics(reference)),
      Line(label: "  running", policy: Self.movement(policy), reference: Self.movement(reference)),
      Line(
        label: "gradients", policy: Self.gradients(modes.policy.recordsGradients),
        reference: Self.gradients(modes.reference.recordsGradients)),
    ]
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
