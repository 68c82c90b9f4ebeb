internal import CellCanvas

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
