/// One cell of the screen.
package struct Cell: Sendable, Hashable {
  package var content: Glyph
  package var style: Style

  package init(_ content: Glyph, style: Style = .text) {
    self.content = content
    self.style = style
  }

  /// A cell with a character made printable; `nil` is the right half of a wide one.
  package init(glyph: Character?, style: Style = .text) {
    self.init(glyph.map { Glyph($0) } ?? .rightHalf, style: style)
  }

  /// One printable grapheme of one or two columns; `nil` for the right half of a wide one.
  package var glyph: Character? {
    get { content.character }
    set { content = newValue.map { Glyph($0) } ?? .rightHalf }
  }

  package static let blank = Cell(.blank)
}
