/// A grid as a picture that looks the same wherever it is shown: Scalable Vector Graphics 1.1, without scripts, styles
/// or fonts from outside.
package enum FrameSVG {
  /// Units of a cell: dots of braille, two by four, then stand as far apart down as across.
  static let cell = (width: 8, height: 16)
  private static let margin = 8
  private static let fonts =
    "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace"

  /// The picture, ending with a newline; the same grid always gives the same bytes.
  ///
  /// Curves, bars and borders are drawn as shapes; text has the width of its cells in any font.
  ///
  /// - Parameters:
  ///   - title: what the picture is, for readers who do not see it.
  ///   - depth: whether to use the colours of the theme.
  package static func text(
    _ grid: CellGrid, theme: Theme, title: String, depth: ColorDepth = .direct
  ) -> String {
    var drawing = SVGDrawing()
    for y in 0..<grid.size.rows {
      draw(grid.row(y), y: y, theme: theme, depth: depth, in: &drawing)
    }
    return document(grid.size, theme: theme, title: title, body: drawing.elements())
  }

  private static func document(_ size: CellSize, theme: Theme, title: String, body: String) -> String {
    let (width, height) = (size.columns * cell.width + 2 * margin, size.rows * cell.height + 2 * margin)
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(height)" width="\(width)" \
      height="\(height)" role="img" aria-labelledby="title desc">
      <title id="title">\(SVGText.escaped(title))</title>
      <desc id="desc">A terminal of \(size.columns) columns and \(size.rows) rows.</desc>
      <rect width="\(width)" height="\(height)" rx="6" fill="\(SVGText.color(theme.background))"/>
      <g transform="translate(\(margin) \(margin))" font-family="\(fonts)" font-size="13.3">
      \(body)</g>
      </svg>

      """
  }

  private static func draw(
    _ row: ArraySlice<Cell>, y: Int, theme: Theme, depth: ColorDepth, in drawing: inout SVGDrawing
  ) {
    var style: Style?
    var ink = SVGInk(theme.appearance(of: .text, depth: depth), theme: theme)
    for (x, cell) in row.enumerated() {
      if cell.style != style {
        style = cell.style
        ink = SVGInk(theme.appearance(of: cell.style, depth: depth), theme: theme)
      }
      drawing.paintBackground(ink.background, x: x, y: y)
      if ink.isUnderlined { drawing.add(.underline, ink: ink, x: x, y: y) }
      if !cell.content.isRightHalf { drawing.add(cell.content, ink: ink, x: x, y: y) }
    }
    drawing.endRow()
  }
}

/// The colours of a cell in a picture, which has no colours of its own to fall back on.
struct SVGInk {
  let color: RGB
  /// `nil` where the background of the picture shows.
  let background: RGB?
  let isBold: Bool
  let isUnderlined: Bool

  init(_ look: Appearance, theme: Theme) {
    let front = SVGInk.rgb(look.foreground) ?? theme.foreground
    let back = SVGInk.rgb(look.background)
    let (shown, behind) = look.reversed ? (back ?? theme.background, front) : (front, back)
    color = look.dim ? shown.mixed(with: behind ?? theme.background, share: 0.35) : shown
    background = behind == theme.background ? nil : behind
    isBold = look.bold
    isUnderlined = look.underlined
  }

  private static func rgb(_ color: Color?) -> RGB? {
    switch color {
    case .direct(let color): color
    case .indexed(let index): XtermPalette.color(at: index) ?? consoleColors[Int(index & 7)]
    case nil: nil
    }
  }

  /// The eight colours as VGA has them.
  private static let consoleColors: [RGB] = [
    0x000000, 0xAA0000, 0x00AA00, 0xAA5500, 0x0000AA, 0xAA00AA, 0x00AAAA, 0xAAAAAA,
  ].map { RGB($0) }
}
