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

  /// Shortens texts, the last one first, until all fit beside each other with `gap` columns between them.
  static func fit(_ texts: [FlexibleText], in columns: Int, gap: Int) -> [[TextRun]] {
    var choice = Array(repeating: 0, count: texts.count)
    func total() -> Int {
      let widths = zip(texts, choice).map { $0.variants[$1].columns }.filter { $0 > 0 }
      return widths.reduce(0, +) + gap * Swift.max(0, widths.count - 1)
    }
    while total() > columns {
      // The least shortened one gives way first, and among equals the last.
      let candidates = texts.indices.filter { choice[$0] + 1 < texts[$0].variants.count }
      guard let next = candidates.reversed().min(by: { choice[$0] < choice[$1] }) else { break }
      choice[next] += 1
    }
    return zip(texts, choice).map { $0.variants[$1] }
  }
}
