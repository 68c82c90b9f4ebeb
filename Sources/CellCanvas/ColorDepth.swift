/// What the user asked for with `--color`.
package enum ColorChoice: String, Sendable, Hashable, CaseIterable {
  case auto, always, never
}

/// How many colours an output shows.
package enum ColorDepth: UInt8, Sendable, Hashable, CaseIterable, Comparable {
  /// Only bold, underlined, dim and reversed text.
  case none
  /// The eight colours of a console.
  case eight
  /// The 256 colours of xterm.
  case indexed256
  /// Any colour.
  case direct

  package static func < (left: ColorDepth, right: ColorDepth) -> Bool { left.rawValue < right.rawValue }

  /// The depth to use, from the environment variables `NO_COLOR` (https://no-color.org), `TERM` and `COLORTERM`.
  ///
  /// `always` gives eight colours at least, whatever the output and the variables are.
  package static func detect(
    environment: [String: String], isTerminal: Bool, choice: ColorChoice = .auto
  ) -> ColorDepth {
    switch choice {
    case .never: return .none
    case .always: return max(.eight, ofTerminal(environment))
    case .auto:
      let isDeclined = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
      return isTerminal && !isDeclined ? ofTerminal(environment) : .none
    }
  }

  private static func ofTerminal(_ environment: [String: String]) -> ColorDepth {
    let name = (environment["TERM"] ?? "").lowercased()
    if name.isEmpty || colorless.contains(name) || name.hasSuffix("-m") || name.hasSuffix("-mono") {
      return .none
    }
    let promised = (environment["COLORTERM"] ?? "").lowercased()
    // GNU screen hands the promise of the terminal around it on and does not keep it.
    let isPromised = ["truecolor", "24bit"].contains(promised) && !name.hasPrefix("screen")
    if isPromised || colorful.contains(where: { name.contains($0) }) { return .direct }
    return name.contains("256color") ? .indexed256 : .eight
  }

  private static let colorless: Set<String> = ["dumb", "vt52", "vt100", "vt102", "vt220", "vt320"]
  /// Parts of the names of terminals that show any colour; over a network their promise is lost.
  private static let colorful = [
    "-direct", "-truecolor", "kitty", "alacritty", "foot", "ghostty", "wezterm", "contour",
  ]
}
