internal import CellCanvas

/// The last line: what is being typed, else news for a moment, else the keys one needs most, from the key table.
enum BottomLine {
  static func draw(_ state: DashboardState, in rect: CellRect, of grid: inout CellGrid, context: DrawContext)
  {
    guard !rect.isEmpty else { return }
    if let prompt = state.prompt { return prompt.draw(in: rect, of: &grid, context: context) }
    if let notice = state.notice {
      let text = Printable.text(notice.text, glyphs: context.glyphs)
      grid.write(text, x: rect.x + 1, y: rect.y, style: Style(.note), maxColumns: rect.columns - 1)
      return
    }
    for item in items(state, in: rect) {
      let isCurrent = item.binding.name == KeyBinding.name(showing: state.page)
      let text = TextRun(" \(item.hint)", isCurrent ? .selection : .faint, bold: isCurrent)
      grid.write([TextRun(item.key, .key, bold: true), text], x: item.x, y: rect.y, maxColumns: item.columns)
    }
  }

  /// The row of the key table whose hint stands at a column.
  static func binding(atX x: Int, _ state: DashboardState, in rect: CellRect) -> KeyBinding? {
    guard state.prompt == nil, state.notice == nil else { return nil }
    return items(state, in: rect).first { $0.x <= x && x < $0.x + $0.columns }?.binding
  }

  private struct Item {
    var binding: KeyBinding
    var key: String
    var hint: String
    var x: Int
    /// A key, a blank, a word.
    var columns: Int { DisplayWidth.of(key) + 1 + DisplayWidth.of(hint) }
  }

  /// What time does comes early: a narrow screen has room for the first hints only.
  private static let order: [KeyBinding.Group] = [
    .general, .time, .pages, .runs, .panels, .samples, .metrics, .forgetting, .curves,
  ]

  private static func items(_ state: DashboardState, in rect: CellRect) -> [Item] {
    let available = state.keys.available(on: state.page, inReplay: state.isReplay)
    var items: [Item] = []
    var x = rect.x + 1
    for binding in order.flatMap({ group in available.filter { $0.group == group } }) {
      guard let hint = binding.hint, let key = binding.keys.first?.label else { continue }
      let item = Item(binding: binding, key: key, hint: hint, x: x)
      guard x + item.columns <= rect.maxX else { break }
      items.append(item)
      x += item.columns + 2
    }
    return items
  }
}
