import CellCanvas
import Testing

/// What is drawn costs no more than the length of a text: with the square of it these would take many minutes.
@Suite struct LongTextTests {
  private static let texts = [
    String(repeating: "x", count: 40_000), String(repeating: "語", count: 20_000),
    "a" + String(repeating: "\u{301}", count: 20_000), String(repeating: "\u{202E}", count: 20_000),
    String(repeating: "a ", count: 20_000),
  ]

  @Test(.timeLimit(.minutes(5)), arguments: texts.indices)
  func `A text of many kilobytes is measured, shortened and written`(index: Int) {
    let text = Self.texts[index]
    for shown in [
      DisplayWidth.truncate(text, to: 20), DisplayWidth.truncateMiddle(text, to: 20),
      DisplayWidth.prefix(of: text, columns: 20), DisplayWidth.suffix(of: text, columns: 20),
    ] {
      #expect(DisplayWidth.of(shown) <= 20)
    }
    var grid = CellGrid(size: CellSize(columns: 30, rows: 3))
    grid.box(grid.bounds, title: text, glyphs: .braille)
    #expect(grid.write(Printable.text(text, glyphs: .ascii), x: 1, y: 1) <= 29)
    #expect(grid.write(text, x: 1, y: 1) <= 29)
  }

  @Test(arguments: [
    ("train/loss/layer.12.attention", 12, "train…ention"), ("short", 12, "short"), ("abcdef", 5, "ab…ef"),
    ("日本語日本語", 8, "日…本語"), ("abcdef", 1, "…"), ("abcdef", 0, ""), ("a\nbcdef", 5, "a⏎…ef"),
  ])
  func `A text without its middle keeps both ends`(text: String, columns: Int, cut: String) {
    #expect(DisplayWidth.truncateMiddle(text, to: columns) == cut)
  }

  @Test func `The end of a text is as long as its columns allow`() {
    #expect(DisplayWidth.suffix(of: "日本語", columns: 5) == "本語")
    #expect(DisplayWidth.suffix(of: "abc", columns: 9) == "abc")
    #expect(DisplayWidth.suffix(of: "abc", columns: 0) == "")
  }
}
