/// The escape sequences that set colours and emphasis, each made once.
struct GraphicRenditions {
  private let theme: Theme
  private let depth: ColorDepth
  private var sequences: [Appearance: [UInt8]] = [:]

  init(theme: Theme, depth: ColorDepth) {
    self.theme = theme
    self.depth = depth
  }

  func appearance(of style: Style) -> Appearance { theme.appearance(of: style, depth: depth) }

  /// The sequence that changes whatever was set to an appearance.
  mutating func sequence(for appearance: Appearance) -> [UInt8] {
    if let known = sequences[appearance] { return known }
    let made = Array(text(for: appearance).utf8)
    sequences[appearance] = made
    return made
  }

  private func text(for appearance: Appearance) -> String {
    var text = "\u{1B}[0"
    if appearance.bold { text += ";1" }
    if appearance.dim { text += ";2" }
    if appearance.underlined { text += ";4" }
    if appearance.reversed { text += ";7" }
    if let color = appearance.foreground { text += parameters(color, base: 30) }
    if let color = appearance.background { text += parameters(color, base: 40) }
    return text + "m"
  }

  private func parameters(_ color: Color, base: Int) -> String {
    switch color {
    case .indexed(let index) where index < 8: ";\(base + Int(index))"
    case .indexed(let index): ";\(base + 8);5;\(index)"
    case .direct(let color): ";\(base + 8);2;\(color.red);\(color.green);\(color.blue)"
    }
  }
}
