/// The glyphs that charts, bars, borders and marks are made of, as data.
///
/// A set is chosen once at start from what the terminal can show; every glyph is one column wide.
package struct GlyphSet: Sendable, Hashable {
  package let name: String
  /// Whether everything drawn has to be ASCII.
  package let isASCII: Bool

  /// Dots of a plot in one cell, across and down.
  package let dotsAcross: Int
  package let dotsDown: Int
  /// One glyph for each pattern of dots in a cell; bit `row * dotsAcross + column` is the dot in that row and
  /// column, from the top left.
  let patterns: [Glyph]

  package let box: BoxGlyphs
  /// The last cell of a horizontal bar from empty to full; `count - 1` steps a cell.
  package let barSteps: [Character]
  /// A column of one cell from empty to full, for charts one row high.
  package let columnSteps: [Character]
  package let marks: MarkGlyphs

  private init(
    name: String, isASCII: Bool, dotsAcross: Int, dotsDown: Int, patterns: [Character],
    box: BoxGlyphs, barSteps: String, columnSteps: String, marks: MarkGlyphs
  ) {
    self.name = name
    self.isASCII = isASCII
    self.dotsAcross = dotsAcross
    self.dotsDown = dotsDown
    self.patterns = patterns.map { Glyph($0) }
    self.box = box
    self.barSteps = Array(barSteps)
    self.columnSteps = Array(columnSteps)
    self.marks = marks
  }

  /// The glyph for a pattern of dots in one cell.
  package func plotGlyph(_ pattern: UInt8) -> Character? { patterns[Int(pattern)].character }
}

extension GlyphSet {
  /// Two by four dots a cell.
  package static let braille = GlyphSet(
    name: "braille", isASCII: false, dotsAcross: 2, dotsDown: 4, patterns: braillePatterns(),
    box: .lines, barSteps: " ▏▎▍▌▋▊▉█", columnSteps: " ▁▂▃▄▅▆▇█", marks: .unicode)

  /// Two by two quadrants a cell, for fonts without braille.
  package static let block = GlyphSet(
    name: "block", isASCII: false, dotsAcross: 2, dotsDown: 2, patterns: Array(" ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"),
    box: .lines, barSteps: " ▏▎▍▌▋▊▉█", columnSteps: " ▁▂▃▄▅▆▇█", marks: .unicode)

  /// One by two dots a cell in plain ASCII.
  package static let ascii = GlyphSet(
    name: "ascii", isASCII: true, dotsAcross: 1, dotsDown: 2, patterns: Array(" '.:"),
    box: .ascii, barSteps: " =#", columnSteps: " .:#", marks: .ascii)

  /// The set for a locale's code set (`nl_langinfo(CODESET)`): braille for UTF-8, otherwise ASCII.
  package static func forCodeset(_ codeset: String) -> GlyphSet {
    let letters = codeset.uppercased().filter { $0.isLetter || $0.isNumber }
    return letters == "UTF8" ? .braille : .ascii
  }

  /// The set with this name, `nil` for any other name.
  package static func named(_ name: String) -> GlyphSet? {
    [braille, block, ascii].first { $0.name == name }
  }

  /// U+2800 + bits; Unicode numbers the dots down the left column, down the right, then the bottom row, because six
  /// of them came first. A cell without dots is a space, which every font has.
  private static func braillePatterns() -> [Character] {
    let unicodeBits: [UInt32] = [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80]
    return (0..<256).map { pattern in
      let bits = unicodeBits.indices.reduce(into: UInt32(0)) { bits, dot in
        if pattern >> dot & 1 == 1 { bits |= unicodeBits[dot] }
      }
      return pattern == 0 ? " " : Unicode.Scalar(0x2800 + bits).map { Character($0) } ?? " "
    }
  }
}
