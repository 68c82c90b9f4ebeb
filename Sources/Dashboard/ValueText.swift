internal import CellCanvas

/// Numbers in the glyphs that the terminal has.
enum ValueText {
  static func short(_ value: Double, significant: Int = 3, glyphs: GlyphSet) -> String {
    let text = withMinus(NumberText.short(value, significant: significant), glyphs: glyphs)
    return glyphs.isASCII ? text.replacing("∞", with: "inf") : text
  }

  /// Stands where there is no number.
  static func absent(_ glyphs: GlyphSet) -> String { glyphs.isASCII ? "-" : "–" }

  /// A number with the minus that all numbers on the screen have.
  static func withMinus(_ number: String, glyphs: GlyphSet) -> String {
    number.replacing("-", with: glyphs.marks.minus)
  }
}
