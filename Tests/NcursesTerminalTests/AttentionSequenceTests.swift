import CellCanvas
import Testing

@testable import NcursesTerminal

/// What a terminal is sent to call somebody.
struct AttentionSequenceTests {
  private func text(_ message: String, _ environment: [String: String]) -> String {
    String(
      decoding: AttentionSequence.notification(Printable.line(message), environment: environment),
      as: UTF8.self)
  }

  @Test func `A bell is one byte`() { #expect(AttentionSequence.bell == [7]) }

  @Test func `Terminals get the sequence that they know`() {
    #expect(text("sft: lost", ["TERM": "xterm-256color"]) == "\u{1B}]9;kltop: sft: lost\u{07}")
    #expect(
      text("sft: lost", ["TERM": "xterm-256color", "VTE_VERSION": "7600"])
        == "\u{1B}]777;notify;kltop;sft: lost\u{07}")
    #expect(text("sft: lost", ["TERM": "rxvt-unicode"]) == "\u{1B}]777;notify;kltop;sft: lost\u{07}")
  }

  @Test func `Through tmux it is wrapped, its escapes doubled`() {
    #expect(
      text("lost", ["TERM": "tmux-256color", "TMUX": "/tmp/tmux-0/default,1,0"])
        == "\u{1B}Ptmux;\u{1B}\u{1B}]9;kltop: lost\u{07}\u{1B}\\")
  }

  @Test func `No control character of a message ends the sequence, or begins another one`() {
    let sent = text("a\u{07}b\u{1B}]0;c\u{9C}\u{7F}\nd", ["TERM": "xterm"])
    #expect(sent.unicodeScalars.count { $0.value == 0x1B || $0.value == 0x07 } == 2)
    #expect(!sent.contains("\n") && !sent.unicodeScalars.contains("\u{9C}"))
  }
}
