import CellCanvas
import Foundation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct FrameSVGTests {
  private func picture(
    _ text: String, style: Style = .text, theme: Theme = .dark, depth: ColorDepth = .direct
  ) -> String {
    var grid = CellGrid(size: CellSize(columns: 10, rows: 2))
    grid.write(text, x: 1, y: 0, style: style)
    return FrameSVG.text(grid, theme: theme, title: "a <title>", depth: depth)
  }

  @Test func `A picture has the size of its cells, a title and a background`() {
    let picture = picture("")
    #expect(picture.contains("viewBox=\"0 0 96 48\" width=\"96\" height=\"48\""))
    #expect(picture.contains("<title id=\"title\">a &lt;title&gt;</title>"))
    #expect(picture.contains("A terminal of 10 columns and 2 rows."))
    #expect(picture.contains("<rect width=\"96\" height=\"48\" rx=\"6\" fill=\"#16181d\"/>"))
    #expect(!picture.contains("<text"))
  }

  @Test func `Words stand at their columns and are as wide as their cells`() {
    let picture = picture("ab c  d", style: Style(.policy))
    #expect(picture.contains("<g fill=\"#ffaf00\">"))
    #expect(picture.contains("<text x=\"8\" y=\"12\" textLength=\"32\">ab c</text>"))
    #expect(picture.contains("<text x=\"56\" y=\"12\" textLength=\"8\">d</text>"))
  }

  @Test func `A glyph that another font may draw is pressed into its cells`() {
    let picture = picture("a日é✓b", style: Style(.policy, bold: true))
    #expect(picture.contains("<g fill=\"#ffaf00\" font-weight=\"bold\">"))
    for (x, columns, glyph) in [(16, 2, "日"), (32, 1, "é"), (40, 1, "✓")] {
      #expect(
        picture.contains(
          "<text x=\"\(x)\" y=\"12\" textLength=\"\(8 * columns)\" "
            + "lengthAdjust=\"spacingAndGlyphs\">\(glyph)</text>"))
    }
    #expect(picture.contains("<text x=\"48\" y=\"12\" textLength=\"8\">b</text>"))
  }

  @Test func `Curves, bars and borders need no font`() {
    let picture = picture("⣿⠁▌─┼█▄●○", style: Style(.series1))
    #expect(!picture.contains("<text"))
    // Eight dots and one, in two columns and four rows of a cell.
    #expect(picture.contains("d=\"M10 2h0M10 6h0M10 10h0M14 2h0M14 6h0M14 10h0M10 14h0M14 14h0M18 2h0\""))
    #expect(picture.contains("M24 0h4v16h-4z"))
    #expect(picture.contains("M32 8h16"), "lines of neighbours are one")
    #expect(picture.contains("M48 0h8v16h-8z") && picture.contains("M56 8h8v8h-8z"))
  }

  @Test(arguments: [GlyphSet.braille, .block])
  func `Every glyph of plots, bars and borders is a shape`(glyphs: GlyphSet) {
    let plots = (0..<(1 << (glyphs.dotsAcross * glyphs.dotsDown))).compactMap { glyphs.plotGlyph(UInt8($0)) }
    let box = glyphs.box
    let lines = [
      box.horizontal, box.vertical, box.topLeft, box.topRight, box.bottomLeft, box.bottomRight, box.teeRight,
      box.teeLeft, box.teeDown, box.teeUp, box.cross, box.dashedVertical,
    ]
    for glyph in plots + lines + glyphs.barSteps + glyphs.columnSteps + glyphs.marks.series {
      let picture = picture(String(glyph))
      #expect(!picture.contains("<text"), "\(glyph)")
      #expect(picture.contains("<path") == (glyph != " "), "\(glyph)")
    }
  }

  @Test func `Colours are those of the theme, swapped, dimmed and underlined`() {
    #expect(picture("x", style: Style(.error)).contains("<path fill=\"#c2001d\" shape-rendering"))
    let reversed = picture("x", style: Style(.policy, reversed: true))
    #expect(reversed.contains("<g fill=\"#16181d\">") && reversed.contains("<path fill=\"#ffaf00\""))
    #expect(picture("x", style: Style(.text, underlined: true)).contains("stroke=\"#e4e6eb\""))
    #expect(picture("x", style: .faint, theme: .monochrome).contains("<g fill=\"#a6a6a6\">"))
    #expect(picture("x", style: Style(.policy), depth: .none).contains("<g fill=\"#e4e6eb\" font-weight"))
    #expect(picture("x", style: Style(.policy), depth: .eight).contains("<g fill=\"#aa5500\">"))
  }

  @Test(arguments: UInt64(1)...100)
  func `Hostile text stays text`(seed: UInt64) throws {
    var grid = CellGrid(size: CellSize(columns: 60, rows: 2))
    grid.write(hostileText(seed: seed) + "</text><script>&x;\"'", x: 0, y: 0, style: Style(.error))
    grid.write("<svg onload=x>]]>" + hostileText(seed: seed + 1000), x: 3, y: 1)
    let picture = FrameSVG.text(grid, theme: .light, title: hostileText(seed: seed + 2000))
    let names = ElementNames()
    let parser = XMLParser(data: Data(picture.utf8))
    parser.delegate = names
    #expect(parser.parse(), "\(String(describing: parser.parserError))")
    #expect(names.all.isSubset(of: ["svg", "title", "desc", "rect", "g", "path", "text"]))
    #expect(picture == FrameSVG.text(grid, theme: .light, title: hostileText(seed: seed + 2000)))
  }
}

private final class ElementNames: NSObject, XMLParserDelegate {
  var all: Set<String> = []

  func parser(
    _ parser: XMLParser, didStartElement elementName: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    all.insert(elementName)
  }
}
