import CellCanvas
import TestSupport
import Testing

@Suite struct CellGridTests {
  private let filler = Cell(glyph: "x", style: Style(.faint))

  @Test func `Every text is clipped at every position of a small world`() {
    let words = ["", "a", "abc", "日", "日本", "a日b", "日a", "e\u{301}日"]
    for columns in 0...4 {
      for rows in 0...2 {
        for background in ["x", "日"] as [Character] {
          for (word, x) in words.flatMap({ word in (-4...5).map { (word, $0) } }) {
            for y in -1...2 {
              for limit in [nil, 0, 1, 2, 3, 9] as [Int?] {
                check(word, x, y, limit, CellSize(columns: columns, rows: rows), background)
              }
            }
          }
        }
      }
    }
  }

  /// Compares a grid after writing with a row put together from the glyphs one by one.
  private func check(
    _ word: String, _ x: Int, _ y: Int, _ limit: Int?, _ size: CellSize, _ background: Character
  ) {
    let before = CellGrid(size: size, filledWith: Cell(glyph: background))
    var grid = before
    let used = grid.write(word, x: x, y: y, style: Style(.title), maxColumns: limit)
    let context: Comment =
      "\(word) at (\(x), \(y)), at most \(String(describing: limit)), in \(size) of \(background)"
    let wanted = min(limit ?? .max, max(0, size.columns - x))
    #expect(used <= DisplayWidth.of(word), context)
    #expect(used == DisplayWidth.of(word) || used == wanted || used == wanted - 1, context)
    #expect(used <= max(0, wanted), context)
    for row in 0..<size.rows {
      #expect(hasWholeGlyphs(grid, row: row), context)
      for column in 0..<size.columns {
        let cell = grid.cell(x: column, y: row)
        let isWritten = row == y && column >= x && column < x + used
        #expect((cell?.style == Style(.title)) == isWritten, context)
        let isNeighbour = row == y && (column == x - 1 || column == x + used)
        if !isWritten, !isNeighbour { #expect(cell == before.cell(x: column, y: row), context) }
      }
    }
  }

  private func hasWholeGlyphs(_ grid: CellGrid, row: Int) -> Bool {
    let columns = grid.row(row).map(\.content.columns)
    return columns.indices.allSatisfy { index in
      switch columns[index] {
      case 0: index > 0 && columns[index - 1] == 2
      case 2: index + 1 < columns.count && columns[index + 1] == 0
      default: true
      }
    }
  }

  @Test func `Writing returns the columns used and leaves the rest`() {
    var grid = CellGrid(size: CellSize(columns: 8, rows: 2), filledWith: filler)
    #expect(grid.write("日本", x: 1, y: 0) == 4)
    #expect(grid.write("日本", x: 5, y: 1) == 2)
    expect(
      grid,
      looksLike: """
        x日本xxx
        xxxxx日x
        """)
  }

  @Test func `A wide glyph that is half overwritten is blanked`() {
    var grid = CellGrid(size: CellSize(columns: 6, rows: 3))
    for y in 0..<3 { grid.write("日本語", x: 0, y: y) }
    grid.write("a", x: 1, y: 0)
    grid.write("b", x: 2, y: 1)
    grid.write("語", x: 1, y: 2)
    expect(
      grid,
      looksLike: """
         a本語
        日b 語
         語 語
        """)
  }

  @Test func `A wide glyph that does not fit is left out or blanked`() {
    var grid = CellGrid(size: CellSize(columns: 3, rows: 3), filledWith: filler)
    #expect(grid.write("a日", x: 1, y: 0) == 1)
    grid.write("日a", x: -1, y: 1)
    grid.set(x: 2, y: 2, Cell(glyph: "日"))
    expect(
      grid,
      looksLike: """
        xax
         ax
        xx
        """)
  }

  @Test func `A cell never holds what a terminal obeys`() {
    for hostile in ["\u{1B}", "\n", "\r\n", "\u{9B}", "\u{202E}", "\u{7F}"] as [Character] {
      let grid = CellGrid(size: CellSize(columns: 1, rows: 1), filledWith: Cell(glyph: hostile))
      let text = FrameText.plain(grid)
      #expect(
        text.dropLast().unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) })
      #expect(text.dropLast().count == 1)
    }
  }

  @Test func `Rectangles are filled and restyled where they meet the grid`() {
    var grid = CellGrid(size: CellSize(columns: 4, rows: 3), filledWith: filler)
    grid.fill(CellRect(x: 2, y: -1, columns: 9, rows: 2), with: Cell(glyph: "#"))
    grid.fill(CellRect(x: 0, y: 1, columns: 3, rows: 1), with: Cell(glyph: "日"))
    grid.restyle(CellRect(x: -1, y: 2, columns: 3, rows: 5)) { Style($0.role, reversed: true) }
    expect(
      grid,
      looksLike: """
        xx##
        日 x
        xxxx
        """)
    #expect(
      styleText(grid) == """
        0: 0-1 faint
        1: 3-3 faint
        2: 0-1 faint reversed
        2: 2-3 faint
        """)
  }

  @Test func `Cells outside are not there and are not set`() {
    var grid = CellGrid(size: CellSize(columns: 2, rows: 2), filledWith: filler)
    let before = grid
    for (x, y) in [(-1, 0), (2, 0), (0, -1), (0, 2), (.max, .min)] {
      grid.set(x: x, y: y, .blank)
      #expect(grid.cell(x: x, y: y) == nil)
    }
    #expect(grid == before)
  }

  @Test func `A character comes back from a cell as it was put in`() {
    for character in ["a", "é", "e\u{301}", "日", "⣿"] as [Character] {
      var cell = Cell.blank
      cell.glyph = character
      #expect(cell.glyph == character)
    }
    #expect(Cell(glyph: nil).glyph == nil)
  }
}
