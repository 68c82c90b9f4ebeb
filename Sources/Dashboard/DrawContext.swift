package import CellCanvas

/// What drawing depends on beside the state: nothing below the main loop asks the terminal or the clock.
package struct DrawContext: Sendable {
  package var glyphs: GlyphSet
  /// Seconds since 1970.
  package var now: Double

  package init(glyphs: GlyphSet, now: Double) {
    self.glyphs = glyphs
    self.now = now
  }
}
