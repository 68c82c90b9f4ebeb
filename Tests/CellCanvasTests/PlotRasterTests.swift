import CellCanvas
import TestSupport
import Testing

@Suite struct PlotRasterTests {
  /// Dots as Unicode numbers them (U+2800, "Braille Patterns"): 1-3 down the left, 4-6 down the right, 7 and 8 below.
  private let unicodeDots: [(x: Int, y: Int)] = [
    (0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3),
  ]

  @Test func `All 256 braille patterns have the glyph of Unicode`() throws {
    for pattern in UInt32(1)..<256 {
      var raster = PlotRaster(size: CellSize(columns: 1, rows: 1), glyphs: .braille)
      for (bit, dot) in unicodeDots.enumerated() where pattern >> bit & 1 == 1 {
        raster.setDot(x: dot.x, y: dot.y, series: 0)
      }
      let scalar = try #require(Unicode.Scalar(0x2800 + pattern))
      #expect(drawn(raster).cell(x: 0, y: 0)?.glyph == Character(scalar))
    }
  }

  @Test(arguments: [
    (0, 0, "▘"), (1, 0, "▝"), (0, 1, "▖"), (1, 1, "▗"),
  ])
  func `Quadrants are where their dots are`(x: Int, y: Int, glyph: String) {
    var raster = PlotRaster(size: CellSize(columns: 1, rows: 1), glyphs: .block)
    raster.setDot(x: x, y: y, series: 0)
    expect(drawn(raster), looksLike: glyph)
  }

  @Test func `A line joins its ends in every glyph set`() {
    func frame(_ glyphs: GlyphSet) -> CellGrid {
      var raster = PlotRaster(size: CellSize(columns: 4, rows: 2), glyphs: glyphs)
      raster.line(x0: 0, y0: raster.dotRows - 1, x1: raster.dotColumns - 1, y1: 0, style: .series(0))
      return drawn(raster)
    }
    expect(
      frame(.braille),
      looksLike: """
          ⡠⠊
        ⡠⠊
        """)
    expect(
      frame(.block),
      looksLike: """
          ▄▀
        ▄▀
        """)
    expect(
      frame(.ascii),
      looksLike: """
           '
         .'
        """.isEmpty
          ? ""
          : """
            .'
          .'
          """)
  }

  @Test(arguments: UInt64(1)...60)
  func `A clipped line has the dots that the whole line has inside`(seed: UInt64) {
    var generator = SplitMix64(seed: seed)
    let size = CellSize(columns: 6, rows: 4)
    let (dx, dy) = (12, 16)
    let ends = (0..<2).map { _ in
      (x: Int.random(in: -30...42, using: &generator), y: Int.random(in: -30...46, using: &generator))
    }
    var clipped = PlotRaster(size: size, glyphs: .braille)
    clipped.line(x0: ends[0].x, y0: ends[0].y, x1: ends[1].x, y1: ends[1].y, style: .series(0))
    // The same line in a raster that holds all of it.
    var whole = PlotRaster(size: CellSize(columns: 60, rows: 30), glyphs: .braille)
    whole.line(
      x0: ends[0].x + 5 * dx, y0: ends[0].y + 2 * dy + 16, x1: ends[1].x + 5 * dx,
      y1: ends[1].y + 2 * dy + 16,
      style: .series(0))
    let wholeGrid = drawn(whole)
    let clippedGrid = drawn(clipped)
    for y in 0..<size.rows {
      for x in 0..<size.columns {
        #expect(clippedGrid.cell(x: x, y: y) == wholeGrid.cell(x: x + 30, y: y + 12), "seed \(seed)")
      }
    }
  }

  @Test func `Lines and runs far outside are clipped at once`() {
    var raster = PlotRaster(size: CellSize(columns: 3, rows: 1), glyphs: .braille)
    raster.line(x0: .min, y0: 0, x1: .max, y1: 0, style: .series(0))
    raster.line(x0: 10, y0: .min, x1: 10, y1: .max, style: .series(0))
    raster.verticalRun(x: 2, y0: .max, y1: .min, style: .series(0))
    raster.verticalRun(x: 99, y0: 0, y1: 9, style: .series(0))
    raster.verticalRun(x: 0, y0: 7, y1: 9, style: .series(0))
    raster.setDot(x: -1, y: 0, style: .series(0))
    expect(drawn(raster), looksLike: "⠉⡏⠉")
  }

  @Test func `A faint dot never takes over a cell, any other does`() {
    let strong = Style.series(1)
    let stronger = Style(.error)
    for (styles, shown) in [
      ([.faint, strong], strong), ([strong, .faint], strong), ([strong, stronger], stronger),
      ([.faint], .faint),
    ] as [([Style], Style)] {
      var raster = PlotRaster(size: CellSize(columns: 1, rows: 1), glyphs: .braille)
      for (y, style) in styles.enumerated() { raster.setDot(x: 0, y: y, style: style) }
      #expect(drawn(raster).cell(x: 0, y: 0)?.style == shown)
    }
  }

  @Test func `Cells without dots show what is below, and rectangles clip`() {
    var raster = PlotRaster(size: CellSize(columns: 4, rows: 3), glyphs: .braille)
    for x in 0..<8 { raster.setDot(x: x, y: 5, series: 0) }
    var grid = CellGrid(size: CellSize(columns: 6, rows: 4), filledWith: Cell(glyph: "."))
    raster.draw(into: &grid, at: CellRect(x: 1, y: 0, columns: 2, rows: 9))
    raster.draw(into: &grid, at: CellRect(x: -3, y: 2, columns: 9, rows: 9))
    expect(
      grid,
      looksLike: """
        ......
        .⠒⠒...
        ......
        ⠒.....
        """)
  }

  @Test func `A raster of no cells draws nothing`() {
    var raster = PlotRaster(size: CellSize(columns: 0, rows: 5), glyphs: .block)
    raster.line(x0: 0, y0: 0, x1: 9, y1: 9, style: .text)
    raster.verticalRun(x: 0, y0: 0, y1: 9, style: .text)
    expect(drawn(raster), looksLike: "")
  }

  private func drawn(_ raster: PlotRaster) -> CellGrid {
    var grid = CellGrid(size: raster.size)
    raster.draw(into: &grid, at: grid.bounds)
    return grid
  }
}
