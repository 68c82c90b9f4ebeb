import Foundation
import Testing

@testable import NcursesTerminal

@Suite struct ClipboardTests {
  @Test(arguments: ["", "k", "kl", "kl‖", "frame\n"])
  func `A text is sent as base64`(text: String) {
    let expected = "\u{1B}]52;c;\(Data(text.utf8).base64EncodedString())\u{7}"
    #expect(ClipboardSequence.bytes(for: text, environment: ["TERM": "xterm"]) == Array(expected.utf8))
  }

  @Test func `All bytes are encoded as RFC 4648 says`() {
    for count in 0...300 {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ count) }
      #expect(ClipboardSequence.base64(bytes) == Array(Data(bytes).base64EncodedData()))
    }
  }

  @Test func `tmux gets it for itself and for the terminal around it`() {
    let bytes = ClipboardSequence.bytes(
      for: "a", environment: ["TERM": "tmux-256color", "TMUX": "/tmp/x,1,0"])
    let plain = "\u{1B}]52;c;YQ==\u{7}"
    #expect(bytes == Array((plain + "\u{1B}Ptmux;\u{1B}" + plain + "\u{1B}\\").utf8))
  }

  @Test(arguments: ["", "dumb", "linux", "vt100"])
  func `Terminals that would print it are left alone`(kind: String) {
    #expect(ClipboardSequence.bytes(for: "a", environment: ["TERM": kind]) == nil)
    #expect(ClipboardSequence.bytes(for: "a", environment: [:]) == nil)
  }

  @Test func `A text that terminals would cut is not sent`() {
    let most = String(repeating: "a", count: ClipboardSequence.mostBytes)
    #expect(ClipboardSequence.bytes(for: most, environment: ["TERM": "xterm"])?.count == 100_000)
    #expect(ClipboardSequence.bytes(for: most + "a", environment: ["TERM": "xterm"]) == nil)
  }
}
