internal import CellCanvas

/// Numbers in the glyphs that the terminal has.
enum ValueText {
  static func short(_ value: Double, significant: Int = 3, glyphs: GlyphSet) -> String {
    let text = NumberText.short(value, significant: significant)
    return glyphs.isASCII ? text.replacing("∞", with: "inf") : text
  }
}
