/// A table from roles to appearances, one for each colour depth.
package struct Theme: Sendable, Hashable {
  package let name: String
  /// The background that the colours are made for: the terminal's own is like it, or it is painted.
  package let background: RGB
  /// Ordinary text, where the terminal's own colour is not known.
  package let foreground: RGB
  /// `appearances[depth][role]`, by raw values, for every depth and role.
  private let appearances: [[Appearance]]

  /// A theme from rows for its roles; a role without a row has emphasis alone.
  ///
  /// - Parameter paintsBackground: the terminal's own colours are not to be relied on.
  /// - Precondition: no role has two rows.
  init(name: String, background: UInt32, foreground: UInt32, paintsBackground: Bool = false, rows: [Row]) {
    self.name = name
    self.background = RGB(background)
    self.foreground = RGB(foreground)
    let table = Dictionary(uniqueKeysWithValues: rows.map { ($0.role, $0) })
    let own: [(Color, Color)?] = [
      nil, (.white, .black), (.direct(self.foreground), .direct(self.background)),
    ]
    let looks = own.enumerated().map { column, own in
      StyleRole.allCases.map { role in
        let emphasis = Theme.emphasis[role] ?? .plain
        let look = table[role].map { [emphasis, $0.eight, $0.direct][column] } ?? emphasis
        return paintsBackground ? look.painted(own) : look
      }
    }
    appearances = [looks[0], looks[1], looks[2].map(\.indexed), looks[2]]
  }

  /// What one role looks like in colour.
  struct Row {
    let role: StyleRole
    let direct: Appearance
    let eight: Appearance

    /// - Parameters:
    ///   - color: as `0xRRGGBB`, and so is `background`.
    ///   - eight: on a console of eight colours.
    init(
      _ role: StyleRole, _ color: UInt32, on background: UInt32? = nil, bold: Bool = false,
      eight: Appearance
    ) {
      self.role = role
      direct = Appearance(
        .direct(RGB(color)), on: background.map { .direct(RGB($0)) }, bold: bold)
      self.eight = eight
    }
  }

  /// The appearance of a role with the emphasis of a style added to it.
  package func appearance(of style: Style, depth: ColorDepth) -> Appearance {
    var appearance = appearances[Int(depth.rawValue)][Int(style.role.rawValue)]
    if style.bold { appearance.bold = true }
    if appearance.bold { appearance.dim = false }
    if style.underlined { appearance.underlined = true }
    if style.reversed { appearance.reversed.toggle() }
    return appearance
  }
}

extension Appearance {
  /// The same in xterm's palette.
  fileprivate var indexed: Appearance {
    var result = self
    result.foreground = foreground?.indexed
    result.background = background?.indexed
    return result
  }

  /// The same with these colours where there are none.
  fileprivate func painted(_ own: (foreground: Color, background: Color)?) -> Appearance {
    guard let own else { return self }
    var result = self
    result.foreground = foreground ?? own.foreground
    result.background = background ?? own.background
    return result
  }
}

extension Color {
  fileprivate var indexed: Color {
    if case .direct(let color) = self { .indexed(XtermPalette.nearest(to: color)) } else { self }
  }
}
