import CellCanvas
import Testing

@Suite struct FrameTextTests {
  @Test func `Plain text has a line for each row without blanks at its end`() {
    var grid = CellGrid(size: CellSize(columns: 5, rows: 3))
    grid.write("a日", x: 1, y: 0, style: Style(.error))
    #expect(FrameText.plain(grid) == " a日\n\n\n")
    #expect(FrameText.plain(grid, isASCII: true) == " a??\n\n\n")
    #expect(FrameText.plain(CellGrid(size: CellSize(columns: 0, rows: 0))) == "")
  }

  @Test func `Colours change only where styles do and end with the row`() {
    var grid = CellGrid(size: CellSize(columns: 6, rows: 2))
    grid.write("ab", x: 1, y: 0, style: Style(.policy))
    grid.write("c", x: 3, y: 0)
    grid.write("日", x: 0, y: 1, style: Style(.reference, bold: true))
    #expect(
      FrameText.ansi(grid, theme: .dark, depth: .indexed256)
        == " \u{1B}[0;38;5;214mab\u{1B}[0mc\n\u{1B}[0;1;38;5;74m日\u{1B}[0m\n")
    #expect(
      FrameText.ansi(grid, theme: .dark, depth: .direct)
        == " \u{1B}[0;38;2;255;175;0mab\u{1B}[0mc\n\u{1B}[0;1;38;2;86;180;233m日\u{1B}[0m\n")
    #expect(
      FrameText.ansi(grid, theme: .dark, depth: .eight)
        == " \u{1B}[0;33mab\u{1B}[0mc\n\u{1B}[0;1;36m日\u{1B}[0m\n")
    #expect(
      FrameText.ansi(grid, theme: .dark, depth: .none) == " \u{1B}[0;1mab\u{1B}[0mc\n\u{1B}[0;1m日\u{1B}[0m\n")
  }

  @Test func `Blanks at the end of a row stay where they can be seen`() {
    var grid = CellGrid(size: CellSize(columns: 4, rows: 2))
    grid.fill(CellRect(x: 0, y: 0, columns: 4, rows: 1), with: Cell(glyph: " ", style: Style(.selection)))
    grid.fill(CellRect(x: 0, y: 1, columns: 4, rows: 1), with: Cell(glyph: " ", style: Style(.warning)))
    #expect(
      FrameText.ansi(grid, theme: .dark, depth: .indexed256)
        == "\u{1B}[0;1;38;5;231;48;5;24m    \u{1B}[0m\n\n"
    )
  }

  @Test(arguments: UInt64(1)...100)
  func `Text adds no escape sequence to a frame`(seed: UInt64) {
    let size = CellSize(columns: 30, rows: 2)
    var grid = CellGrid(size: size)
    grid.write(hostileText(seed: seed), x: 0, y: 0, style: Style(.error))
    grid.write(hostileText(seed: seed + 1000), x: 3, y: 1)
    var expected = CellGrid(size: size)
    for y in 0..<2 {
      for x in 0..<30 {
        expected.set(x: x, y: y, Cell(glyph: "x", style: grid.cell(x: x, y: y)?.style ?? .text))
      }
    }
    for depth in ColorDepth.allCases {
      let text = FrameText.ansi(grid, theme: .dark, depth: depth)
      let controls = text.unicodeScalars.filter { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }
      #expect(controls.allSatisfy { $0 == "\u{1B}" || $0 == "\n" })
      let reference = FrameText.ansi(expected, theme: .dark, depth: depth)
      #expect(text.count { $0 == "\u{1B}" } <= reference.count { $0 == "\u{1B}" })
      #expect(text.count { $0 == "\n" } == 2)
    }
  }
}
