import CellCanvas
import Testing

@Suite struct DisplayWidthTests {
  @Test(arguments: [
    ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("日本語", 6), ("ｱ", 1), ("Ａ", 2), ("한글", 4),
    ("\u{1100}\u{1161}", 2), ("👍🏽", 2), ("🇩🇪", 2), ("👩\u{200D}🚀", 5), ("❤\u{FE0F}", 1), ("⣿▏─●", 4),
    ("\u{1B}[0m", 4), ("\u{200B}", 1), ("\n", 1), ("\u{3000}", 2), ("क्ष", 2), ("\u{4DC0}", 2), ("\u{303F}", 1),
    ("\u{25FD}", 2), ("\u{25FC}", 1), ("\u{301}", 1),
  ])
  func `Width is the columns of what is shown`(text: String, columns: Int) {
    #expect(DisplayWidth.of(text) == columns)
    #expect(text.reduce(0) { $0 + DisplayWidth.of($1) } == columns)
  }

  @Test(arguments: [
    ("abcdef", 6, "abcdef"), ("abcdef", 5, "abcd…"), ("abcdef", 1, "…"), ("abcdef", 0, ""), ("日本語", 5, "日本…"),
    ("日本語", 4, "日…"), ("日本語", 2, "…"), ("a\nbc", 3, "a⏎…"), ("abc", -1, ""), ("", 0, ""),
    ("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}…"),
  ])
  func `Text is cut between glyphs`(text: String, columns: Int, cut: String) {
    #expect(DisplayWidth.truncate(text, to: columns) == cut)
  }

  @Test func `An ellipsis of several columns is left out where it does not fit`() {
    #expect(DisplayWidth.truncate("abcdef", to: 3, ellipsis: "..") == "a..")
    #expect(DisplayWidth.truncate("abcdef", to: 1, ellipsis: "..") == "a")
  }

  @Test(arguments: UInt64(1)...50)
  func `Cut text never exceeds its columns`(seed: UInt64) {
    let text = hostileText(seed: seed)
    for columns in 0...12 {
      #expect(DisplayWidth.of(DisplayWidth.truncate(text, to: columns)) <= columns)
      let padded = DisplayWidth.pad(text, to: columns)
      #expect(DisplayWidth.of(padded) == max(columns, DisplayWidth.of(text)))
    }
  }

  @Test(arguments: [
    (DisplayWidth.Alignment.left, "日  "), (.right, "  日"), (.center, " 日 "),
  ])
  func `Padding aligns`(alignment: DisplayWidth.Alignment, padded: String) {
    #expect(DisplayWidth.pad("日", to: 4, alignment: alignment) == padded)
  }
}
