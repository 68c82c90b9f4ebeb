#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What to open a terminal with.
package struct TerminalSetup: Sendable, Hashable {
  /// Where keys come from; `nil` is standard input, or `/dev/tty` where that is no terminal.
  package var input: Int32?
  /// Where the screen is.
  package var output: Int32
  /// The kind of terminal; `nil` is `TERM`.
  package var kind: String?
  package var usesMouse: Bool
  /// Whether the terminal shows any colour, whatever its description says.
  package var hasDirectColors: Bool
  /// The locale to take the encoding from; empty is the user's.
  package var locale: String

  package init(
    input: Int32? = nil, output: Int32 = STDOUT_FILENO, kind: String? = nil, usesMouse: Bool = true,
    hasDirectColors: Bool = false, locale: String = ""
  ) {
    self.input = input
    self.output = output
    self.kind = kind
    self.usesMouse = usesMouse
    self.hasDirectColors = hasDirectColors
    self.locale = locale
  }
}
