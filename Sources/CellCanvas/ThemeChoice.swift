/// What the user asked for with `--theme`.
package enum ThemeChoice: String, Sendable, Hashable, CaseIterable {
  /// Light where the terminal says that its background is, else dark.
  case auto
  case dark
  case light
  case highContrast = "high-contrast"
  case monochrome

  /// The theme, for `auto` by the variable `COLORFGBG`, which rxvt, Konsole and others set to `FOREGROUND;BACKGROUND`.
  package func theme(environment: [String: String]) -> Theme {
    switch self {
    case .auto: ThemeChoice.isBackgroundLight(environment) ? .light : .dark
    case .dark: .dark
    case .light: .light
    case .highContrast: .highContrast
    case .monochrome: .monochrome
    }
  }

  private static func isBackgroundLight(_ environment: [String: String]) -> Bool {
    guard let background = environment["COLORFGBG"]?.split(separator: ";").last.flatMap({ Int($0) }) else {
      return false
    }
    return background == 7 || (9...15).contains(background)
  }
}

extension Theme {
  package static let all: [Theme] = [.dark, .light, .highContrast, .monochrome]
}
