internal import CellCanvas

/// Text that says the same in fewer columns where there are fewer.
struct FlexibleText: Sendable {
  /// From the longest to the shortest; the last may be empty.
  var variants: [[TextRun]]

  init(_ variants: [[TextRun]]) { self.variants = variants }

  /// Which of several texts is shortened next; among equals the last one.
  enum GivingWay {
    /// The widest.
    case widest
    /// The one that was shortened least, so that all say about as much.
    case leastShortened
  }

  /// The texts beside each other with `gap` columns between them, as long as they fit into `columns`.
  ///
  /// What does not fit even in its shortest form is left out from the end; the first text alone is cut by whoever draws
  /// it.
  static func line(
    _ texts: [FlexibleText], in columns: Int, gap: Int, givingWay: GivingWay = .widest
  ) -> [TextRun] {
    for count in stride(from: texts.count, to: 1, by: -1) {
      if let runs = fitting(texts.prefix(count), in: columns, gap: gap, givingWay: givingWay) { return runs }
    }
    guard let first = texts.first else { return [] }
    return fitting([first], in: columns, gap: gap) ?? first.variants.last ?? []
  }

  /// All texts beside each other, or `nil` where they do not fit into `columns` in their shortest form.
  static func fitting(
    _ texts: some Collection<FlexibleText>, in columns: Int, gap: Int, givingWay: GivingWay = .widest
  ) -> [TextRun]? {
    let texts = Array(texts)
    let widths = texts.map { $0.variants.map(\.columns) }
    var choice = Array(repeating: 0, count: texts.count)
    func width(_ index: Int) -> Int { widths[index].isEmpty ? 0 : widths[index][choice[index]] }
    func total() -> Int {
      let shown = texts.indices.map(width).filter { $0 > 0 }
      return shown.reduce(0, +) + gap * Swift.max(0, shown.count - 1)
    }
    while total() > columns {
      let shortenable = texts.indices.filter { choice[$0] + 1 < texts[$0].variants.count }
      let next = shortenable.reversed().max {
        switch givingWay {
        case .widest: width($0) < width($1)
        case .leastShortened: choice[$0] > choice[$1]
        }
      }
      guard let next else { return nil }
      choice[next] += 1
    }
    let space = TextRun(String(repeating: " ", count: gap))
    let shown = texts.indices.map { texts[$0].variants.isEmpty ? [] : texts[$0].variants[choice[$0]] }
    return Array(shown.filter { !$0.isEmpty }.joined(separator: [space]))
  }
}

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

/// Breaks text at spaces.
enum TextWrap {
  /// Lines of at most `columns` columns; a word that is longer is cut by whoever draws it.
  static func lines(_ text: String, columns: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    var used = 0
    for word in text.split(separator: " ") {
      let width = DisplayWidth.of(String(word))
      if line.isEmpty {
        (line, used) = (String(word), width)
      } else if used + 1 + width <= columns {
        line += " " + word
        used += 1 + width
      } else {
        lines.append(line)
        (line, used) = (String(word), width)
      }
    }
    return line.isEmpty ? lines : lines + [line]
  }
}
