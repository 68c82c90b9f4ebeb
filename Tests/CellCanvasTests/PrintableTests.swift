import CellCanvas
import TestSupport
import Testing

@Suite struct PrintableTests {
  @Test(arguments: [
    ("plain ASCII ~", "plain ASCII ~"),
    ("a\nb\tc\r", "a⏎b→c␍"),
    ("\r\n", "␍⏎"),
    ("\u{1B}[31mred\u{1B}]0;title\u{07}", "␛[31mred␛]0;title␇"),
    ("\u{00}\u{7F}", "␀␡"),
    ("\u{9B}31m\u{85}", "·31m·"),
    ("a\u{202E}b\u{202C}\u{2066}c\u{2069}\u{200F}", "a·b··c··"),
    ("a\u{200B}b\u{200D}c\u{FEFF}d\u{2060}e\u{AD}", "a·b·c·d·e·"),
    ("\u{2028}\u{2029}", "⏎⏎"),
    ("\u{E000}\u{F0000}\u{FFFE}\u{378}", "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"),
    ("e\u{301}", "e\u{301}"),
    ("e\u{301}\u{302}\u{303}\u{304}x", "e\u{301}\u{302}\u{FFFD}x"),
    ("\u{301}a", "\u{25CC}\u{301}a"),
    ("❤\u{FE0F}!", "❤!"),
    ("👍🏽", "👍"),
    ("🇩🇪", "DE"),
    ("👩\u{200D}🚀", "👩·🚀"),
    ("\u{1100}\u{1161}\u{11A8}", "\u{1100}\u{1161}\u{11A8}"),
    ("a\u{1161}", "a·"),
    ("\u{E0041}\u{E0001}", "··"),
    ("日本", "日本"),
    ("क्ष", "क्ष"),
    ("", ""),
  ])
  func `Hostile text becomes visible`(hostile: String, shown: String) {
    #expect(Array(Printable.text(hostile).unicodeScalars) == Array(shown.unicodeScalars))
  }

  @Test(arguments: [
    ("a\nb\tc\r", "a\\nb\\tc\\r"), ("\u{1B}[0m\u{7F}\u{00}", "^[[0m^?^@"), ("é日\u{200B}", "???"),
    ("ok", "ok"),
  ])
  func `An ASCII set shows text in ASCII`(hostile: String, shown: String) {
    #expect(Printable.text(hostile, glyphs: .ascii) == shown)
  }

  @Test func `No scalar stays a control, zero-width or unassigned`() {
    for value in UInt32(0)...0x10FFFF {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let shown = Printable.text(String(scalar)).unicodeScalars
      let offender = shown.first { $0.properties.isDefaultIgnorableCodePoint || isInvisible($0) }
      if let offender {
        Issue.record("U+\(String(value, radix: 16)) is shown as \(offender.escaped(asASCII: true))")
      }
    }
  }

  @Test(arguments: UInt64(1)...200)
  func `Printable text stays as it is, measures what it shows, and holds no control`(seed: UInt64) {
    let text = hostileText(seed: seed)
    let shown = Printable.text(text)
    #expect(Array(Printable.text(shown).unicodeScalars) == Array(shown.unicodeScalars))
    #expect(DisplayWidth.of(shown) == DisplayWidth.of(text))
    #expect(!shown.unicodeScalars.contains { isInvisible($0) })
    #expect(Printable.text(text, glyphs: .ascii).utf8.allSatisfy { (0x20..<0x7F).contains($0) })
  }

  private func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .unassigned, .privateUse, .surrogate, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }

  @Test func `What a command says keeps its own lines and none of a text's`() {
    #expect(Printable.lines("a\u{1B}[2J\nb\rc").description == "a␛[2J\nb␍c")
    #expect(Printable.line("a\nb\u{9B}31m").description == "a⏎b·31m")
    #expect(Printable.lines("").description.isEmpty)
  }
}

/// Up to 40 scalars, most of them trouble.
func hostileText(seed: UInt64) -> String {
  var generator = SplitMix64(seed: seed)
  let trouble: [ClosedRange<UInt32>] = [
    0...0x7F, 0x80...0x9F, 0x300...0x36F, 0x1100...0x11FF, 0x200B...0x200F, 0x2028...0x202E, 0x2066...0x2069,
    0xFE00...0xFE0F, 0x1F1E6...0x1F1FF, 0x1F3FB...0x1F64F, 0x900...0x97F, 0x4E00...0x4FFF, 0...0x10FFFF,
  ]
  var text = String.UnicodeScalarView()
  for _ in 0..<Int.random(in: 0...40, using: &generator) {
    let range = trouble.randomElement(using: &generator) ?? 0...0x7F
    if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &generator)) { text.append(scalar) }
  }
  return String(text)
}
