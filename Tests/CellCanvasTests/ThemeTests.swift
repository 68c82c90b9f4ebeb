import CellCanvas
import Testing

@Suite struct ThemeTests {
  /// Every theme at every depth.
  static let looks: [(theme: Theme, depth: ColorDepth)] = Theme.all.flatMap { theme in
    ColorDepth.allCases.map { (theme, $0) }
  }

  @Test(arguments: looks)
  func `Every role has an appearance that its depth can show`(theme: Theme, depth: ColorDepth) {
    for role in StyleRole.allCases {
      let appearance = theme.appearance(of: Style(role), depth: depth)
      for color in [appearance.foreground, appearance.background].compactMap({ $0 }) {
        switch (color, depth) {
        case (.indexed(let index), .eight): #expect(index < 8, "\(role)")
        case (.indexed(let index), .indexed256):
          #expect(index >= 16, "\(role): the first 16 differ between terminals")
        case (.direct, .direct): break
        default: Issue.record("\(role) is \(color)")
        }
      }
    }
  }

  @Test(arguments: looks)
  func `Policy and reference, headings and errors stand apart`(theme: Theme, depth: ColorDepth) {
    func look(_ role: StyleRole) -> Appearance { theme.appearance(of: Style(role), depth: depth) }
    #expect(look(.policy) != look(.reference))
    #expect(look(.title) != look(.text))
    #expect(look(.error) != look(.warning))
    #expect(look(.selection) != look(.text))
    #expect(look(.border) != look(.focusedBorder))
    #expect(look(.faint) != look(.text) || theme == .highContrast)
  }

  @Test(arguments: looks)
  func `Curves have colours of their own`(theme: Theme, depth: ColorDepth) {
    let looks = (0..<6).map { theme.appearance(of: .series($0), depth: depth) }
    #expect(Set(looks).count == 6 || depth == .none || theme == .monochrome)
    #expect(Style.series(6) == Style.series(0))
    #expect(Style.series(-1) == Style.series(5))
  }

  @Test(arguments: ColorDepth.allCases)
  func `Emphasis is added and reversing twice cancels`(depth: ColorDepth) {
    let plain = Theme.dark.appearance(of: Style(.faint), depth: depth)
    let strong = Theme.dark.appearance(
      of: Style(.faint, bold: true, underlined: true, reversed: true), depth: depth)
    #expect(strong.bold && strong.underlined && strong.reversed && !strong.dim)
    #expect(strong.foreground == plain.foreground)
    let selected = Theme.dark.appearance(of: Style(.selection), depth: .none)
    #expect(
      Theme.dark.appearance(of: Style(.selection, reversed: true), depth: .none).reversed != selected.reversed
    )
  }

  @Test func `A theme that paints its background leaves no cell to the terminal`() {
    for depth in [ColorDepth.eight, .indexed256, .direct] {
      for role in StyleRole.allCases {
        let look = Theme.highContrast.appearance(of: Style(role), depth: depth)
        #expect(look.foreground != nil && look.background != nil, "\(role)")
      }
    }
  }

  @Test func `No colour is left without colours`() {
    for (theme, depth) in Self.looks where depth == .none || theme == .monochrome {
      for role in StyleRole.allCases {
        let look = theme.appearance(of: Style(role), depth: depth)
        #expect(look.foreground == nil && look.background == nil, "\(role)")
      }
    }
  }

  @Test(
    arguments: [
      ("15;0", Theme.dark), ("0;15", .light), ("0;default;15", .light), ("0;7", .light), ("7;8", .dark),
      ("", .dark), ("15;default", .dark),
    ])
  func `The theme is light where the terminal says that it is`(variable: String, theme: Theme) {
    #expect(ThemeChoice.auto.theme(environment: ["COLORFGBG": variable]) == theme)
    #expect(ThemeChoice.auto.theme(environment: [:]) == .dark)
  }

  @Test(arguments: ThemeChoice.allCases.filter { $0 != .auto })
  func `A theme has the name that it is asked for by`(choice: ThemeChoice) {
    #expect(choice.theme(environment: ["COLORFGBG": "0;15"]).name == choice.rawValue)
    #expect(Theme.all.map(\.name).contains(choice.rawValue))
  }

  @Test(
    arguments: [
      (["TERM": "xterm-256color"], ColorDepth.indexed256), (["TERM": "xterm"], .eight),
      (["TERM": "vt100"], .none),
      (["TERM": "dumb"], .none), ([:], .none), (["TERM": "xterm", "COLORTERM": "truecolor"], .direct),
      (["TERM": "xterm-256color", "COLORTERM": "24bit"], .direct), (["TERM": "xterm-direct"], .direct),
      (["TERM": "screen-256color", "COLORTERM": "truecolor"], .indexed256),
      (["TERM": "xterm-256color", "NO_COLOR": "1"], .none),
      (["TERM": "xterm-256color", "NO_COLOR": ""], .indexed256),
      (["TERM": "screen.xterm-256color"], .indexed256), (["TERM": "linux"], .eight),
      (["TERM": "xterm-kitty"], .direct), (["TERM": "xterm-ghostty"], .direct), (["TERM": "foot"], .direct),
      (["TERM": "xterm-ghostty", "NO_COLOR": "1"], .none),
      (["TERM": "xterm-mono"], .none), (["TERM": "dumb", "COLORTERM": "truecolor"], .none),
    ] as [([String: String], ColorDepth)])
  func `The environment decides on colours`(environment: [String: String], depth: ColorDepth) {
    #expect(ColorDepth.detect(environment: environment, isTerminal: true) == depth)
    #expect(ColorDepth.detect(environment: environment, isTerminal: false) == .none)
    #expect(ColorDepth.detect(environment: environment, isTerminal: true, choice: .never) == .none)
    #expect(ColorDepth.detect(environment: environment, isTerminal: false, choice: .always) >= .eight)
  }
}

extension Theme: CustomTestStringConvertible {
  public var testDescription: String { name }
}
