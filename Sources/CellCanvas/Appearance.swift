/// What a style looks like on an output of one colour depth.
package struct Appearance: Sendable, Hashable {
  /// `nil` for the terminal's own.
  package var foreground: Color?
  package var background: Color?
  package var bold: Bool
  package var dim: Bool
  package var underlined: Bool
  package var reversed: Bool

  package init(
    _ foreground: Color? = nil, on background: Color? = nil, bold: Bool = false, dim: Bool = false,
    underlined: Bool = false, reversed: Bool = false
  ) {
    self.foreground = foreground
    self.background = background
    self.bold = bold
    self.dim = dim
    self.underlined = underlined
    self.reversed = reversed
  }

  package static let plain = Appearance()

  /// Whether a blank in this appearance is to be seen.
  package var showsOnBlanks: Bool { background != nil || underlined || reversed }
}
