package import CellCanvas

/// The styles of a grid as text, one line for each run of equal styles: `3: 0-12 title bold`.
///
/// Runs of ordinary text are left out; rows and columns count from 0.
package func styleText(_ grid: CellGrid) -> String {
  var lines: [String] = []
  for y in 0..<grid.size.rows {
    var x = 0
    while x < grid.size.columns {
      let style = grid.cell(x: x, y: y)?.style
      var end = x + 1
      while end < grid.size.columns, grid.cell(x: end, y: y)?.style == style { end += 1 }
      if let style, style != .text { lines.append("\(y): \(x)-\(end - 1) \(describe(style))") }
      x = end
    }
  }
  return lines.joined(separator: "\n")
}

private func describe(_ style: Style) -> String {
  let flags = [(style.bold, "bold"), (style.underlined, "underlined"), (style.reversed, "reversed")]
  return (["\(style.role)"] + flags.filter(\.0).map(\.1)).joined(separator: " ")
}
