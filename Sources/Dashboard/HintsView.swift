internal import CellCanvas

/// The last line: the keys one needs most, from the key table.
enum HintsView {
  static func draw(_ state: DashboardState, in rect: CellRect, of grid: inout CellGrid) {
    guard !rect.isEmpty else { return }
    let hints = KeyTable.bindings.filter { $0.isAvailable(inReplay: state.isReplay) && $0.hint != nil }
    var x = rect.x + 1
    for binding in hints {
      guard let hint = binding.hint, let key = binding.keys.first?.label else { continue }
      let runs = [TextRun(key, .key, bold: true), TextRun(" \(hint)", .faint)]
      guard x + runs.columns <= rect.maxX else { return }
      x += grid.write(runs, x: x, y: rect.y, maxColumns: rect.maxX - x) + 2
    }
  }
}
