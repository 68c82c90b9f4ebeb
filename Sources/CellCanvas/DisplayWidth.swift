/// How many columns text takes once it is made printable.
package enum DisplayWidth {
  package enum Alignment: Sendable, Hashable {
    case left, right, center
  }

  /// 0 for what is not shown on its own, 1, or 2; the sum over its visible scalars for a character of several.
  package static func of(_ character: Character) -> Int {
    of(String(character))
  }

  package static func of(_ text: String) -> Int {
    if Printable.isPlain(text) { return text.utf8.count }
    return GlyphSequence(text).reduce(0) { $0 + $1.columns }
  }

  /// The text made printable, and cut to at most `columns` with `ellipsis` at its end where it is longer.
  ///
  /// An ellipsis that does not fit is left out.
  package static func truncate(_ text: String, to columns: Int, ellipsis: String = "…") -> String {
    if fits(text, columns) { return Printable.text(text) }
    let end = of(ellipsis) <= columns ? ellipsis : ""
    return prefix(of: text, columns: columns - of(end)) + end
  }

  /// The text made printable, without its middle where it is longer than `columns`: names of one family differ at their
  /// ends.
  package static func truncateMiddle(_ text: String, to columns: Int, ellipsis: String = "…") -> String {
    if fits(text, columns) { return Printable.text(text) }
    let tail = suffix(of: text, columns: columns / 2)
    return truncate(text, to: columns - of(tail), ellipsis: ellipsis) + tail
  }

  /// The beginning of the text made printable, as far as it fits into `columns`.
  package static func prefix(of text: String, columns: Int) -> String {
    var result = String.UnicodeScalarView()
    var used = 0
    for glyph in GlyphSequence(text) {
      guard used + glyph.columns <= columns else { break }
      used += glyph.columns
      glyph.append(to: &result)
    }
    return String(result)
  }

  /// The end of the text made printable, as far as it fits into `columns`.
  package static func suffix(of text: String, columns: Int) -> String {
    var used = 0
    let kept = Array(GlyphSequence(text)).reversed().prefix { glyph in
      used += glyph.columns
      return used <= columns
    }
    var result = String.UnicodeScalarView()
    for glyph in kept.reversed() { glyph.append(to: &result) }
    return String(result)
  }

  /// Whether the text takes at most `columns`; of a long one no more is read than that.
  private static func fits(_ text: String, _ columns: Int) -> Bool {
    var used = 0
    return GlyphSequence(text).allSatisfy { glyph in
      used += glyph.columns
      return used <= columns
    }
  }

  /// The text made printable and filled with spaces up to `columns`; longer text stays as long as it is.
  package static func pad(_ text: String, to columns: Int, alignment: Alignment = .left) -> String {
    let missing = max(0, columns - of(text))
    let before =
      switch alignment {
      case .left: 0
      case .right: missing
      case .center: missing / 2
      }
    return String(repeating: " ", count: before) + Printable.text(text)
      + String(repeating: " ", count: missing - before)
  }
}
