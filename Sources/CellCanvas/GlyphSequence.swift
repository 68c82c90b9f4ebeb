/// Text from outside, cut into glyphs that are safe to show.
///
/// Cutting follows what terminals do, scalar by scalar, rather than Swift's characters: a character of several
/// visible scalars (a conjunct, a family of emoji) takes as many cells as its scalars.
struct GlyphSequence: Sequence, IteratorProtocol {
  private var scalars: Substring.UnicodeScalarView.Iterator
  /// Read ahead of the current glyph, not shown yet.
  private var lookahead: Unicode.Scalar?
  /// The glyph before had more marks than a cell holds.
  private var marksWereLeftOut = false

  init(_ text: Substring) { scalars = text.unicodeScalars.makeIterator() }
  init(_ text: String) { self.init(text[...]) }

  mutating func next() -> Glyph? {
    if marksWereLeftOut {
      marksWereLeftOut = false
      return Glyph(ScalarClass.unknown, columns: 1)
    }
    while let scalar = takeScalar() {
      switch ScalarClass(scalar) {
      case .visible(let columns): return completed(Glyph(scalar, columns: columns), startedBy: scalar)
      case .replaced(let shown): return completed(Glyph(shown, columns: 1), startedBy: shown)
      case .hangulPart: return completed(Glyph(ScalarClass.hidden, columns: 1), startedBy: ScalarClass.hidden)
      case .mark:
        lookahead = scalar
        return completed(Glyph(ScalarClass.markCarrier, columns: 1), startedBy: ScalarClass.markCarrier)
      case .variation: continue
      }
    }
    return nil
  }

  private mutating func takeScalar() -> Unicode.Scalar? {
    if let scalar = lookahead {
      lookahead = nil
      return scalar
    }
    return scalars.next()
  }

  /// The glyph with the marks that follow it; skin tones and variation selectors are left out.
  private mutating func completed(_ glyph: Glyph, startedBy lead: Unicode.Scalar) -> Glyph {
    var glyph = glyph
    while let scalar = takeScalar() {
      guard scalar.value >= 0x300, GlyphSequence.continues(lead, with: scalar) else {
        lookahead = scalar
        break
      }
      switch ScalarClass(scalar) {
      case .mark, .hangulPart: if !glyph.append(mark: scalar) { marksWereLeftOut = true }
      default: break
      }
    }
    return glyph
  }

  /// Whether a scalar belongs to the glyph that `lead` started.
  private static func continues(_ lead: Unicode.Scalar, with scalar: Unicode.Scalar) -> Bool {
    switch ScalarClass(scalar) {
    case .mark, .variation: true
    case .hangulPart: ScalarClass.takesHangulParts(lead)
    case .visible: scalar.properties.isEmojiModifier && lead.properties.isEmojiModifierBase
    case .replaced: false
    }
  }
}
