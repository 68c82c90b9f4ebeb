import CellCanvas
import TestSupport
import Testing

@Suite struct HorizontalBarTests {
  @Test(arguments: [
    (0.0, "[    ]"), (1.0, "[████]"), (0.5, "[██  ]"), (1.0 / 32, "[▏   ]"), (0.5625, "[██▎ ]"),
    (0.99, "[████]"),
    (0.97, "[███▉]"), (0.01, "[    ]"), (-3, "[    ]"), (7, "[████]"), (.nan, "[×   ]"),
    (.infinity, "[████]"),
  ])
  func `A bar grows in eighths of a cell`(fraction: Double, bar: String) {
    expect(drawn(fraction, .braille), looksLike: bar)
  }

  @Test(arguments: [(0.0, "[    ]"), (0.25, "[#   ]"), (0.375, "[#=  ]"), (1.0, "[####]")])
  func `A bar in ASCII grows in halves`(fraction: Double, bar: String) {
    expect(drawn(fraction, .ascii), looksLike: bar)
  }

  @Test func `A bar never shrinks as its value grows`() {
    let widths = (0...1000).map { step in
      (0..<6).reduce(0) { sum, x in
        let glyph = drawn(Double(step) / 1000, .braille).cell(x: x, y: 0)?.glyph ?? " "
        return sum + (GlyphSet.braille.barSteps.firstIndex(of: glyph) ?? 0)
      }
    }
    #expect(widths == widths.sorted())
    #expect(Set(widths) == Set(0...32))
  }

  private func drawn(_ fraction: Double, _ glyphs: GlyphSet) -> CellGrid {
    var grid = CellGrid(size: CellSize(columns: 6, rows: 1), filledWith: Cell(glyph: "x"))
    grid.write("[", x: 0, y: 0)
    grid.write("]", x: 5, y: 0)
    HorizontalBar.draw(
      into: &grid, x: 1, y: 0, columns: 4, fraction: fraction, style: Style(.policy), glyphs: glyphs)
    return grid
  }
}
