import CNcurses
import CellCanvas

/// Puts cells on ncurses's screen.
enum CellWriter {
  static func put(_ glyph: Glyph, _ rendition: CellAttributes.Rendition, x: Int, y: Int) {
    let (lead, first, second) = glyph.scalarValues
    if isShownAsMeasured(lead, columns: glyph.columns) {
      put(lead, first, second, rendition, x: x, y: y)
    } else {
      // A locale without this scalar, or a C library of another mind about its width: the row keeps its columns.
      for column in 0..<glyph.columns { put(0x3F, 0, 0, rendition, x: x + column, y: y) }
    }
  }

  private static func put(
    _ lead: UInt32, _ first: UInt32, _ second: UInt32, _ rendition: CellAttributes.Rendition, x: Int, y: Int
  ) {
    kltop_put(
      Int32(y), Int32(x), wchar_t(lead), wchar_t(first), wchar_t(second), rendition.attributes, rendition.pair
    )
  }

  private static func isShownAsMeasured(_ scalar: UInt32, columns: Int) -> Bool {
    scalar < 0x7F || width(scalar) == columns
  }

  /// Columns by the C library; -1 for what the locale cannot show.
  static func width(_ scalar: UInt32) -> Int { Int(kltop_width(wchar_t(scalar))) }
}
