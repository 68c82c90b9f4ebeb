internal import CellCanvas

/// All keys, from the key table, in a box over the dashboard.
enum HelpView {
  static func draw(_ state: DashboardState, of grid: inout CellGrid, context: DrawContext) {
    let entries = entries(inReplay: state.isReplay)
    let width = entries.map(\.columns).max() ?? 0
    let available = CellSize(columns: grid.size.columns - 4, rows: grid.size.rows - 2)
    let columnCount = max(1, min(3, available.columns / (width + 3), (entries.count + available.rows - 1) / max(1, available.rows)))
    let rows = min(available.rows, (entries.count + columnCount - 1) / columnCount)
    let box = CellRect(
      x: max(0, (grid.size.columns - columnCount * (width + 3) - 3) / 2), y: max(0, (grid.size.rows - rows - 2) / 2),
      columns: min(grid.size.columns, columnCount * (width + 3) + 3), rows: rows + 2)
    grid.fill(box, with: .blank)
    grid.box(
      box, title: "keys  (? or Esc closes)", style: Style(.focusedBorder), titleStyle: Style(.title, bold: true),
      glyphs: context.glyphs)
    for (index, entry) in entries.prefix(rows * columnCount).enumerated() {
      let x = box.x + 2 + index / rows * (width + 3)
      grid.write(entry, x: x, y: box.y + 1 + index % rows, maxColumns: max(0, box.maxX - 1 - x))
    }
  }

  private static let keyColumns = 12

  /// A heading for each group, then its keys.
  private static func entries(inReplay: Bool) -> [[TextRun]] {
    KeyBinding.Group.allCases.flatMap { group in
      let rows = KeyTable.bindings.filter { $0.group == group && $0.isAvailable(inReplay: inReplay) }
      return [[TextRun(group.rawValue, .title, bold: true)]] + rows.map(entry)
    }
  }

  private static func entry(_ binding: KeyBinding) -> [TextRun] {
    let keys = binding.keys.map(\.label).joined(separator: " ")
    return [TextRun(" " + DisplayWidth.pad(keys, to: keyColumns - 1), .key, bold: true), TextRun(binding.help)]
  }
}
