/// Text as a person sees it in a terminal.
enum PlainText {
  private static let escape = UInt8(0x1B)

  /// A text without escape sequences, and with straight quotes.
  static func bytes(_ line: UnsafeRawBufferPointer) -> [UInt8] {
    let hasQuotes = line.contains("{\u{2018}") || line.contains("{\u{2019}") || line.contains("{\u{201C}")
    guard hasQuotes || line.contains(escape) else { return Array(line) }
    let text = withoutEscapes(line)
    guard hasQuotes else { return Array(text.utf8) }
    return Array(
      String(
        text.map { character in
          switch character {
          case "\u{2018}", "\u{2019}": "'"
          case "\u{201C}", "\u{201D}": "\""
          default: character
          }
        }
      ).utf8)
  }

  /// A text without escape sequences of terminals.
  static func withoutEscapes(_ line: UnsafeRawBufferPointer) -> String {
    guard line.contains(0x1B) else { return String(decoding: line, as: UTF8.self) }
    var bytes: [UInt8] = []
    var isEscape = false
    for (index, byte) in line.enumerated() {
      if byte == 0x1B {
        isEscape = true
      } else if isEscape {
        let isIntroducer = byte == UInt8(ascii: "[") && line[index - 1] == 0x1B
        isEscape = isIntroducer || !(0x40...0x7E).contains(byte)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
