/// Makes text from outside harmless: what a terminal would obey or hide becomes something to see.
package enum Printable {
  /// The text with every scalar visible and in the order it was written; making it printable again changes nothing.
  ///
  /// - Newlines become `⏎`, tabs `→`, other C0 controls their pictures (`␛`); C1, zero-width and bidirectional
  ///   controls become `·`; unassigned and private scalars and marks beyond the second become U+FFFD.
  /// - Variation selectors and skin tones, which change nothing but a look, are left out.
  package static func text(_ hostile: String) -> String {
    if isPlain(hostile) { return hostile }
    var result = String.UnicodeScalarView()
    for glyph in GlyphSequence(hostile) { glyph.append(to: &result) }
    return String(result)
  }

  /// The text as a glyph set can show it: for a set restricted to ASCII, newlines are `\n`, tabs `\t`, returns `\r`,
  /// other controls `^[`, and what is beyond ASCII a `?`.
  package static func text(_ hostile: String, glyphs: GlyphSet) -> String {
    guard glyphs.isASCII else { return text(hostile) }
    if isPlain(hostile) { return hostile }
    var result = ""
    for glyph in GlyphSequence(hostile) { result += asciiText(of: glyph) }
    return result
  }

  /// The same of a sentence of the program's own, whose signs have spellings in ASCII: `→` is `->`, `−` is `-`.
  package static func sentence(_ sentence: String, glyphs: GlyphSet) -> String {
    guard glyphs.isASCII, !isPlain(sentence) else { return text(sentence, glyphs: glyphs) }
    return text(spellings.reduce(sentence) { $0.replacing($1.sign, with: $1.ascii) }, glyphs: glyphs)
  }

  private static let spellings: [(sign: String, ascii: String)] = [
    ("→", "->"), ("−", "-"), ("‖", "||"), ("±", "+-"), ("≥", ">="), ("≤", "<="), ("×", "x"), ("λ", "lambda"),
    ("·", "*"), ("“", "\""), ("”", "\""), ("…", ".."), ("∞", "inf"), ("²", "^2"), ("Δ", "d"), ("–", "-"),
  ]

  /// Whether a text is ASCII without controls, as nearly all of it is.
  static func isPlain(_ text: String) -> Bool {
    text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
  }

  private static func asciiText(of glyph: Glyph) -> String {
    let scalar = Unicode.Scalar(glyph.scalarValues.lead) ?? ScalarClass.unknown
    switch scalar {
    case ScalarClass.newline: return "\\n"
    case ScalarClass.tab: return "\\t"
    case "\u{240D}": return "\\r"
    case "\u{2421}": return "^?"
    case "\u{2400}"..."\u{241F}":
      return "^" + String(Unicode.Scalar(UInt8(scalar.value - 0x2400 + 0x40)))
    default: return scalar.isASCII ? String(scalar) : "?"
    }
  }
}
