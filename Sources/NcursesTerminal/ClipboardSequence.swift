/// The control sequence by which a terminal puts text into the clipboard of the machine it runs on, also over SSH: OSC 52
/// (xterm's "Manipulate Selection Data").
package enum ClipboardSequence {
  /// Bytes of text that terminals take: xterm and others stop at 100,000 bytes of base64.
  package static let mostBytes = 74_994

  /// The bytes to write, `nil` for a text that is too long or a terminal that would print them.
  ///
  /// - Parameter environment: `TERM`, and `TMUX` where tmux stands between: by default it keeps such sequences to itself,
  ///   so the sequence is also wrapped for the terminal around it, which tmux hands on with `allow-passthrough on`.
  package static func bytes(for text: String, environment: [String: String]) -> [UInt8]? {
    let text = Array(text.utf8)
    let name = environment["TERM"] ?? ""
    guard text.count <= mostBytes, !name.isEmpty, !printing.contains(name) else { return nil }
    let sequence = Array("\u{1B}]52;c;".utf8) + base64(text) + [0x07]
    guard environment["TMUX"].map({ !$0.isEmpty }) ?? false else { return sequence }
    return sequence + Array("\u{1B}Ptmux;\u{1B}".utf8) + sequence + Array("\u{1B}\\".utf8)
  }

  /// Terminals that know nothing of operating system commands.
  private static let printing: Set<String> = ["dumb", "linux", "cons25", "vt52", "vt100", "vt102", "vt220"]

  private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// RFC 4648, section 4.
  static func base64(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let bits = (0..<3).reduce(0) { $0 << 8 | ($1 < group.count ? Int(group[start + $1]) : 0) }
      for place in 0..<4 {
        result.append(place <= group.count ? digits[bits >> (18 - 6 * place) & 63] : UInt8(ascii: "="))
      }
    }
    return result
  }
}
