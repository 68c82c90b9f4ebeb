/// What one cell can show: a scalar of one or two columns and at most two combining marks.
///
/// A glyph is made by ``Printable`` alone, so a grid cannot hold anything a terminal would obey instead of show.
/// It is three plain words, so that grids are filled, copied and compared without reference counting.
package struct Glyph: Sendable, Hashable {
  /// The scalar in the lower 21 bits, its columns in the upper two; 0 is the right half of a wide glyph.
  private var lead: UInt32
  private var firstMark: UInt32 = 0
  private var secondMark: UInt32 = 0

  init(_ scalar: Unicode.Scalar, columns: Int) {
    lead = scalar.value | UInt32(columns) << Glyph.widthShift
  }

  private init() { lead = 0 }

  private static let widthShift: UInt32 = 30
  private static let scalarMask: UInt32 = 0x1F_FFFF

  package static let blank = Glyph(" ", columns: 1)
  /// The second cell of a wide glyph.
  package static let rightHalf = Glyph()

  /// 1 or 2; 0 for the right half of a wide glyph.
  package var columns: Int { Int(lead >> Glyph.widthShift) }
  package var isBlank: Bool { self == .blank }
  package var isRightHalf: Bool { lead == 0 }

  /// The scalar values in order, 0 where there is none; all 0 for the right half of a wide glyph.
  package var scalarValues: (lead: UInt32, firstMark: UInt32, secondMark: UInt32) {
    (lead & Glyph.scalarMask, firstMark, secondMark)
  }

  /// Adds a combining mark; `false` if there is no room for another.
  mutating func append(mark: Unicode.Scalar) -> Bool {
    if firstMark == 0 {
      firstMark = mark.value
    } else if secondMark == 0 {
      secondMark = mark.value
    } else {
      return false
    }
    return true
  }

  /// Appends the glyph as text; the right half of a wide glyph has none.
  func append(to text: inout String.UnicodeScalarView) {
    if isRightHalf { return }
    if let scalar = Unicode.Scalar(lead & Glyph.scalarMask) { text.append(scalar) }
    if firstMark != 0, let mark = Unicode.Scalar(firstMark) { text.append(mark) }
    if secondMark != 0, let mark = Unicode.Scalar(secondMark) { text.append(mark) }
  }

  /// Appends the glyph as UTF-8; the right half of a wide glyph has none.
  func append(to bytes: inout [UInt8]) {
    Glyph.append(lead & Glyph.scalarMask, to: &bytes)
    Glyph.append(firstMark, to: &bytes)
    Glyph.append(secondMark, to: &bytes)
  }

  private static func append(_ value: UInt32, to bytes: inout [UInt8]) {
    if value == 0 { return }
    if value < 0x80 {
      bytes.append(UInt8(value))
    } else if let scalar = Unicode.Scalar(value) {
      bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }
  }

  /// The first glyph of a character made printable; a space if nothing of it is.
  package init(_ character: Character) {
    var glyphs = GlyphSequence(String(character))
    self = glyphs.next() ?? .blank
  }

  /// The glyph as a character, `nil` for the right half of a wide one.
  package var character: Character? {
    if isRightHalf { return nil }
    if firstMark == 0, let scalar = Unicode.Scalar(lead & Glyph.scalarMask) {
      return Character(scalar)
    }
    var text = String.UnicodeScalarView()
    append(to: &text)
    return String(text).first
  }
}
