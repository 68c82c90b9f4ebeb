package import CellCanvas

/// What a terminal is sent to call somebody who looks elsewhere.
package enum AttentionSequence {
  /// A bell: most terminals mark the window or the tab.
  package static let bell: [UInt8] = [0x07]

  /// A notification of the desktop: OSC 777 for the terminals that know that alone, else OSC 9.
  ///
  /// - Parameter environment: `TERM`, `VTE_VERSION`, and `TMUX` where tmux stands between: it hands on what is wrapped
  ///   for the terminal around it with `allow-passthrough on`.
  package static func notification(_ text: PrintableText, environment: [String: String]) -> [UInt8] {
    let term = environment["TERM"] ?? ""
    let isOlder = environment["VTE_VERSION"] != nil || term.hasPrefix("rxvt")
    let sequence =
      isOlder ? "\u{1B}]777;notify;kltop;\(text)\u{07}" : "\u{1B}]9;kltop: \(text)\u{07}"
    guard environment["TMUX"] != nil else { return Array(sequence.utf8) }
    let doubled = sequence.replacing("\u{1B}", with: "\u{1B}\u{1B}")
    return Array("\u{1B}Ptmux;\(doubled)\u{1B}\\".utf8)
  }
}
