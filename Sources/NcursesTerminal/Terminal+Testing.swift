import CNcurses

/// For tests: what ncurses has on the screen.
package struct ShownCell: Equatable {
  package var text: String
  package var bold: Bool
  package var dim: Bool
  package var underlined: Bool
  package var reversed: Bool
  /// 0 for the terminal's own colours.
  package var pair: Int
}

extension Terminal {
  /// A cell read back from ncurses; a wide glyph also has a second cell with its text. `nil` outside the screen.
  package func shownCell(x: Int, y: Int) -> ShownCell? {
    var scalars = [wchar_t](repeating: 0, count: Int(kltop_cell_scalars()))
    var attributes: attr_t = 0
    var pair: Int16 = 0
    guard kltop_cell(Int32(y), Int32(x), &scalars, &attributes, &pair) else { return nil }
    var text = String.UnicodeScalarView()
    for value in scalars.prefix(while: { $0 != 0 }) {
      if let scalar = Unicode.Scalar(UInt32(value)) { text.append(scalar) }
    }
    func has(_ attribute: attr_t) -> Bool { attributes & attribute != 0 }
    return ShownCell(
      text: String(text), bold: has(kltop_attributes(true, false, false, false)),
      dim: has(kltop_attributes(false, true, false, false)),
      underlined: has(kltop_attributes(false, false, true, false)),
      reversed: has(kltop_attributes(false, false, false, true)), pair: Int(pair))
  }
}
