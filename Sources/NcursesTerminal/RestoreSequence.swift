import CNcurses

/// What gives the screen back without ncurses, prepared while ncurses can be asked.
enum RestoreSequence {
  /// The bytes for the current terminal: mouse off, keypad off, plain text, own colours, visible cursor, old screen.
  static func ofCurrentTerminal(withMouse: Bool) -> [UInt8] {
    let mouseOff = withMouse && capability("kmous") != nil ? Array("\u{1B}[?1006l\u{1B}[?1000l".utf8) : []
    var bytes = mouseOff
    for name in ["rmkx", "sgr0", "op", "cnorm"] { bytes += capability(name) ?? [] }
    // Without a second screen, the frame stays and the message goes below it.
    bytes += capability("rmcup") ?? Array("\r\n".utf8)
    return bytes
  }

  /// A string of the terminal's description without its padding; `nil` if the terminal has none.
  static func capability(_ name: String) -> [UInt8]? {
    let text = name.withCString { tigetstr(UnsafeMutablePointer(mutating: $0)) }
    guard let text, Int(bitPattern: text) != -1, text[0] != 0 else { return nil }
    return withoutPadding(Array(String(cString: text).utf8))
  }

  /// `$<5/>` asks for a pause of milliseconds, which no terminal of today needs.
  static func withoutPadding(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var rest = bytes[...]
    while let byte = rest.first {
      if rest.starts(with: "$<".utf8), let end = rest.firstIndex(of: UInt8(ascii: ">")) {
        rest = rest[(end + 1)...]
      } else {
        result.append(byte)
        rest = rest.dropFirst()
      }
    }
    return result
  }
}
