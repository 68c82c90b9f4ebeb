internal import CellCanvas
internal import RunModel

/// Numbers in the glyphs that the terminal has.
enum ValueText {
  static func short(_ value: Double, significant: Int = 3, glyphs: GlyphSet) -> String {
    let text = withMinus(NumberText.short(value, significant: significant), glyphs: glyphs)
    return glyphs.isASCII ? text.replacing("∞", with: "inf") : text
  }

  /// The same in at most `columns` columns; an ellipsis where no digit has room.
  static func short(_ value: Double, columns: Int, glyphs: GlyphSet) -> String {
    let text = short(value, glyphs: glyphs)
    if DisplayWidth.of(text) <= columns { return text }
    return NumberText.short(value, columns: columns).map { withMinus($0, glyphs: glyphs) }
      ?? DisplayWidth.truncate(glyphs.marks.ellipsis, to: columns)
  }

  /// A difference with its sign and `decimals` digits, in powers of ten where that would be a row of digits.
  static func signed(_ value: Double, decimals: Int, glyphs: GlyphSet) -> String {
    value.magnitude < 1e6
      ? withMinus(NumberText.signed(value, decimals: decimals), glyphs: glyphs)
      : (value > 0 ? "+" : "") + short(value, glyphs: glyphs)
  }

  /// A difference with its sign in at most `columns` columns.
  static func difference(_ value: Double, columns: Int, glyphs: GlyphSet) -> String {
    value > 0
      ? "+" + short(value, columns: columns - 1, glyphs: glyphs)
      : short(value, columns: columns, glyphs: glyphs)
  }

  /// A step in at most `columns` columns.
  static func step(_ step: Int, columns: Int, glyphs: GlyphSet) -> String {
    let text = withMinus("\(step)", glyphs: glyphs)
    return DisplayWidth.of(text) <= columns ? text : short(Double(step), columns: columns, glyphs: glyphs)
  }

  /// Stands where there is no number.
  static func absent(_ glyphs: GlyphSet) -> String { glyphs.isASCII ? "-" : "–" }

  /// A number with the minus that all numbers on the screen have.
  static func withMinus(_ number: String, glyphs: GlyphSet) -> String {
    number.replacing("-", with: glyphs.marks.minus)
  }
}

/// Names of classes: of the sample's vocabulary, else of the record, else of the run, else the index.
struct ClassNames {
  var classes: [String]
  var labels: [String]
  var glyphs: GlyphSet
  var texts: SampleTexts?

  func text(_ index: Int) -> String {
    let name =
      texts?.text(of: index)
      ?? (labels.indices.contains(index)
        ? labels[index] : classes.indices.contains(index) ? classes[index] : nil)
    return name.map { Self.visible($0, glyphs: glyphs) } ?? "\(index)"
  }

  /// A name or token made printable, with the blanks at its ends to be seen: many tokens begin with one.
  static func visible(_ text: String, glyphs: GlyphSet) -> String {
    let blank: Character = glyphs.isASCII ? "_" : "␣"
    let printable = Printable.text(text, glyphs: glyphs)
    guard printable.first == " " || printable.last == " " else {
      return printable.isEmpty ? "\"\"" : printable
    }
    let core = printable.drop { $0 == " " }
    let before = printable.count - core.count
    let kept = core.reversed().drop { $0 == " " }.reversed()
    let after = core.count - kept.count
    return String(repeating: blank, count: before) + String(kept) + String(repeating: blank, count: after)
  }
}
