import CellCanvas
import Testing

/// Whether text can be read and curves can be told apart, in numbers.
@Suite struct ThemeContrastTests {
  private static let colored = Theme.all.filter { $0 != .monochrome }
  static let looks: [(theme: Theme, depth: ColorDepth)] = colored.flatMap { theme in
    [ColorDepth.indexed256, .direct].map { (theme, $0) }
  }

  @Test func `The measure of contrast is that of WCAG`() {
    #expect(PerceivedColor(RGB(0)).contrast(to: PerceivedColor(RGB(0xFFFFFF))) == 21)
    // The grey that is the darkest to pass on white, https://webaim.org/resources/contrastchecker/.
    #expect(abs(PerceivedColor(RGB(0x767676)).contrast(to: PerceivedColor(RGB(0xFFFFFF))) - 4.54) < 0.005)
  }

  @Test(arguments: looks)
  func `Text can be read`(theme: Theme, depth: ColorDepth) {
    let least = theme == .highContrast ? 7.0 : 4.5
    for role in StyleRole.allCases where role != .border {
      let contrast = Self.contrast(theme.appearance(of: Style(role), depth: depth), theme)
      #expect(contrast >= least, "\(theme.name) \(role): \(contrast)")
    }
  }

  @Test(arguments: looks)
  func `Lines can be seen`(theme: Theme, depth: ColorDepth) {
    let contrast = Self.contrast(theme.appearance(of: Style(.border), depth: depth), theme)
    #expect(contrast >= 3, "\(theme.name): \(contrast)")
  }

  /// Terminals differ in what they call dark and light.
  @Test(arguments: [(Theme.dark, RGB(0x000000)), (.dark, RGB(0x282C34)), (.light, RGB(0xF5F5F5))])
  func `Text can be read on a background like the theme's`(theme: Theme, background: RGB) {
    for depth in [ColorDepth.indexed256, .direct] {
      for role in StyleRole.allCases where role != .border {
        let contrast = Self.contrast(theme.appearance(of: Style(role), depth: depth), theme, on: background)
        #expect(contrast >= 4.3, "\(theme.name) \(role): \(contrast)")
      }
    }
  }

  @Test(arguments: looks)
  func `Curves are told apart by every kind of eye`(theme: Theme, depth: ColorDepth) throws {
    let colors = try (0..<6).map { index in
      try #require(Self.rgb(theme.appearance(of: .series(index), depth: depth).foreground))
    }
    for vision in ColorVision.allCases {
      let seen = colors.map { PerceivedColor($0, by: vision) }
      for first in 0..<6 {
        for second in 0..<first {
          let distance = seen[first].distance(to: seen[second])
          #expect(distance >= 0.049, "\(theme.name), \(vision): curves \(second + 1) and \(first + 1)")
        }
      }
    }
  }

  @Test(arguments: looks)
  func `Policy and reference are told apart by every kind of eye`(theme: Theme, depth: ColorDepth) throws {
    let colors = try [StyleRole.policy, .reference].map { role in
      try #require(Self.rgb(theme.appearance(of: Style(role), depth: depth).foreground))
    }
    for vision in ColorVision.allCases {
      let distance = PerceivedColor(colors[0], by: vision).distance(to: PerceivedColor(colors[1], by: vision))
      #expect(distance >= 0.1, "\(theme.name), \(vision)")
    }
  }

  private static func contrast(_ look: Appearance, _ theme: Theme, on background: RGB? = nil) -> Double {
    let front = PerceivedColor(rgb(look.foreground) ?? theme.foreground)
    return front.contrast(to: PerceivedColor(rgb(look.background) ?? background ?? theme.background))
  }

  private static func rgb(_ color: Color?) -> RGB? {
    switch color {
    case .indexed(let index): XtermPalette.color(at: index)
    case .direct(let color): color
    case nil: nil
    }
  }
}
