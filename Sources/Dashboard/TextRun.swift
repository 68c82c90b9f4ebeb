internal import CellCanvas

/// A piece of text in one style.
struct TextRun: Sendable, Hashable {
  var text: String
  var style: Style

  init(_ text: String, _ style: Style = .text) {
    self.text = text
    self.style = style
  }

  init(_ text: String, _ role: StyleRole, bold: Bool = false) {
    self.init(text, Style(role, bold: bold))
  }
}

extension [TextRun] {
  /// Width in columns.
  var columns: Int { reduce(0) { $0 + DisplayWidth.of($1.text) } }
}

extension CellGrid {
  /// Writes runs after each other, cut at `maxColumns`, and returns the columns used.
  @discardableResult
  mutating func write(_ runs: [TextRun], x: Int, y: Int, maxColumns: Int) -> Int {
    var used = 0
    for run in runs where used < maxColumns {
      used += write(run.text, x: x + used, y: y, style: run.style, maxColumns: maxColumns - used)
    }
    return used
  }
}
