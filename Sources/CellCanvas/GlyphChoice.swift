/// What the user asked for with `--glyphs`.
package enum GlyphChoice: String, Sendable, Hashable, CaseIterable {
  case auto, braille, block, ascii

  /// The set, for `auto` the one for a locale's code set.
  package func glyphs(codeset: @autoclosure () -> String) -> GlyphSet {
    GlyphSet.named(rawValue) ?? .forCodeset(codeset())
  }
}
