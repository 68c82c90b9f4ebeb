import CellCanvas
import TestSupport
import Testing

@Suite struct BoxTests {
  @Test func `A box has a border and a title and leaves its inside`() {
    var grid = CellGrid(size: CellSize(columns: 14, rows: 4), filledWith: Cell(glyph: "x"))
    grid.box(
      CellRect(x: 1, y: 0, columns: 12, rows: 3), title: "loss", style: Style(.border),
      titleStyle: Style(.title),
      glyphs: .braille)
    expect(
      grid,
      looksLike: """
        x┌ loss ────┐x
        x│xxxxxxxxxx│x
        x└──────────┘x
        xxxxxxxxxxxxxx
        """)
    #expect(
      styleText(grid) == """
        0: 1-1 border
        0: 2-7 title
        0: 8-12 border
        1: 1-1 border
        1: 12-12 border
        2: 1-12 border
        """)
  }

  @Test func `A title is cut to the space between the corners`() {
    var grid = CellGrid(size: CellSize(columns: 10, rows: 4))
    grid.box(CellRect(x: 0, y: 0, columns: 10, rows: 2), title: "divergence", glyphs: .braille)
    grid.box(CellRect(x: 0, y: 2, columns: 10, rows: 2), title: "step\n12345", glyphs: .ascii)
    expect(
      grid,
      looksLike: """
        ┌ diver… ┐
        └────────┘
        + step.. +
        +--------+
        """)
  }

  @Test func `Boxes are clipped at the edges and left out where there is no room`() {
    var grid = CellGrid(size: CellSize(columns: 5, rows: 3), filledWith: Cell(glyph: "x"))
    grid.box(CellRect(x: 3, y: 1, columns: 9, rows: 9), title: "loss", glyphs: .braille)
    grid.box(CellRect(x: 0, y: 0, columns: 1, rows: 3), glyphs: .braille)
    grid.box(CellRect(x: 0, y: 0, columns: 2, rows: 2), title: "loss", glyphs: .braille)
    expect(
      grid,
      looksLike: """
        ┌┐xxx
        └┘x┌
        xxx│x
        """)
  }

  @Test(arguments: [GlyphSet.braille, .block, .ascii])
  func `Every glyph of a set is one column wide and there is one for every pattern`(glyphs: GlyphSet) {
    let marks = glyphs.marks
    let box = glyphs.box
    let single: [Character] =
      glyphs.barSteps + glyphs.columnSteps + marks.series + [
        marks.nan, marks.infinity, marks.event, marks.bullet, marks.live, marks.silent, marks.paused,
        marks.playing,
        marks.up, marks.down, marks.left, marks.right, marks.flip, marks.target, marks.yes, marks.no,
        box.horizontal, box.vertical, box.topLeft, box.topRight, box.bottomLeft, box.bottomRight, box.teeLeft,
        box.teeRight, box.teeUp, box.teeDown, box.cross, box.dashedVertical,
      ]
    #expect(single.allSatisfy { DisplayWidth.of($0) == 1 && Printable.text(String($0)) == String($0) })
    #expect(!glyphs.isASCII || single.allSatisfy(\.isASCII))
    let patterns = (0..<1 << (glyphs.dotsAcross * glyphs.dotsDown)).compactMap { glyphs.plotGlyph(UInt8($0)) }
    #expect(Set(patterns).count == 1 << (glyphs.dotsAcross * glyphs.dotsDown))
    #expect(GlyphSet.named(glyphs.name) == glyphs)
  }

  @Test(arguments: [
    ("UTF-8", "braille"), ("utf8", "braille"), ("ANSI_X3.4-1968", "ascii"), ("ISO-8859-1", "ascii"),
    ("", "ascii"),
  ])
  func `The code set chooses the glyphs`(codeset: String, name: String) {
    #expect(GlyphSet.forCodeset(codeset).name == name)
  }
}
