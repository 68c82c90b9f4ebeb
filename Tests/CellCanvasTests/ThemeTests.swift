import CellCanvas
import Testing

@Suite struct ThemeTests {
  @Test(arguments: ColorDepth.allCases)
  func `Every role has an appearance that its depth can show`(depth: ColorDepth) {
    for role in StyleRole.allCases {
      let appearance = Theme.dark.appearance(of: Style(role), depth: depth)
      let colors = [appearance.foreground, appearance.background].compactMap { $0 }
      switch depth {
      case .none: #expect(colors.isEmpty, "\(role)")
      case .eight: #expect(colors.allSatisfy { $0 < 8 }, "\(role)")
      case .indexed256:
        #expect(colors.allSatisfy { $0 >= 16 }, "\(role): the first 16 differ between terminals")
      }
    }
  }

  @Test(arguments: ColorDepth.allCases)
  func `Policy and reference, headings and errors stand apart`(depth: ColorDepth) {
    func look(_ role: StyleRole) -> Appearance { Theme.dark.appearance(of: Style(role), depth: depth) }
    #expect(look(.policy) != look(.reference))
    #expect(look(.title) != look(.text))
    #expect(look(.error) != look(.warning))
    #expect(look(.selection) != look(.text))
    #expect(look(.border) != look(.focusedBorder))
    #expect(look(.faint) != look(.text))
  }

  @Test(arguments: [ColorDepth.eight, .indexed256])
  func `Curves have colours of their own`(depth: ColorDepth) {
    let looks = (0..<6).map { Theme.dark.appearance(of: .series($0), depth: depth) }
    #expect(Set(looks).count == 6)
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

  @Test(
    arguments: [
      (["TERM": "xterm-256color"], ColorDepth.indexed256), (["TERM": "xterm"], .eight),
      (["TERM": "vt100"], .none),
      (["TERM": "dumb"], .none), ([:], .none), (["TERM": "xterm", "COLORTERM": "truecolor"], .indexed256),
      (["TERM": "xterm-256color", "NO_COLOR": "1"], .none),
      (["TERM": "xterm-256color", "NO_COLOR": ""], .indexed256),
      (["TERM": "screen.xterm-256color"], .indexed256), (["TERM": "linux"], .eight),
      (["TERM": "xterm-kitty"], .indexed256),
      (["TERM": "xterm-mono"], .none), (["TERM": "dumb", "COLORTERM": "truecolor"], .none),
    ] as [([String: String], ColorDepth)])
  func `The environment decides on colours`(environment: [String: String], depth: ColorDepth) {
    #expect(ColorDepth.detect(environment: environment, isTerminal: true) == depth)
    #expect(ColorDepth.detect(environment: environment, isTerminal: false) == .none)
    #expect(ColorDepth.detect(environment: environment, isTerminal: true, choice: .never) == .none)
    #expect(ColorDepth.detect(environment: environment, isTerminal: false, choice: .always) >= .eight)
  }
}
