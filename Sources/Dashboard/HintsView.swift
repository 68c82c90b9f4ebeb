internal import CellCanvas

/// The last line: the keys one needs most, from the key table.
enum HintsView {
  private static let order: [KeyBinding.Group] = [.general, .time, .panels, .samples, .curves]

  static func draw(_ state: DashboardState, in rect: CellRect, of grid: inout CellGrid) {
    guard !rect.isEmpty else { return }
    let available = KeyTable.bindings.filter { $0.isAvailable(inReplay: state.isReplay) && $0.hint != nil }
    // What time does comes early: a narrow screen has room for the first hints only.
    let hints = Self.order.flatMap { group in available.filter { $0.group == group } }
    var x = rect.x + 1
    for binding in hints {
      guard let hint = binding.hint, let key = binding.keys.first?.label else { continue }
      let runs = [TextRun(key, .key, bold: true), TextRun(" \(hint)", .faint)]
      guard x + runs.columns <= rect.maxX else { return }
      x += grid.write(runs, x: x, y: rect.y, maxColumns: rect.maxX - x) + 2
    }
  }
}
