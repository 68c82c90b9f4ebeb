internal import CellCanvas
internal import RunModel

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
