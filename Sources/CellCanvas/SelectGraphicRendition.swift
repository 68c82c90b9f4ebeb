/// The escape sequences that set colours and emphasis.
enum SelectGraphicRendition {
  static let reset = "\u{1B}[0m".unicodeScalars

  /// The sequence that changes whatever was set to an appearance.
  static func sequence(for appearance: Appearance, depth: ColorDepth) -> String.UnicodeScalarView {
    var text = "\u{1B}[0"
    if appearance.bold { text += ";1" }
    if appearance.dim { text += ";2" }
    if appearance.underlined { text += ";4" }
    if appearance.reversed { text += ";7" }
    if let color = appearance.foreground { text += parameters(color, depth: depth, base: 30) }
    if let color = appearance.background { text += parameters(color, depth: depth, base: 40) }
    return (text + "m").unicodeScalars
  }

  private static func parameters(_ color: UInt8, depth: ColorDepth, base: Int) -> String {
    switch depth {
    case .none: ""
    case .eight: ";\(base + Int(color & 7))"
    case .indexed256: ";\(base + 8);5;\(color)"
    }
  }
}
