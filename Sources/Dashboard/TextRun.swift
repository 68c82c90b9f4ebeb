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

/// Text that says the same in fewer columns where there are fewer.
struct FlexibleText: Sendable {
  /// From the longest to the shortest; the last may be empty.
  var variants: [[TextRun]]

  init(_ variants: [[TextRun]]) { self.variants = variants }

  /// The texts beside each other with `gap` columns between them, as long as they fit into `columns`.
  ///
  /// The widest text gives way first, and among equals the last; what still does not fit is left out from the end.
  static func line(_ texts: [FlexibleText], in columns: Int, gap: Int) -> [TextRun] {
    var choice = Array(repeating: 0, count: texts.count)
    func width(_ index: Int) -> Int { texts[index].variants[choice[index]].columns }
    func total() -> Int {
      let widths = texts.indices.map(width).filter { $0 > 0 }
      return widths.reduce(0, +) + gap * Swift.max(0, widths.count - 1)
    }
    while total() > columns {
      let shortenable = texts.indices.filter { choice[$0] + 1 < texts[$0].variants.count }
      guard let next = shortenable.reversed().max(by: { width($0) < width($1) }) else { break }
      choice[next] += 1
    }
    let space = TextRun(String(repeating: " ", count: gap))
    let shown = texts.indices.map { texts[$0].variants[choice[$0]] }.filter { !$0.isEmpty }
    return Array(shown.joined(separator: [space]))
  }
}
