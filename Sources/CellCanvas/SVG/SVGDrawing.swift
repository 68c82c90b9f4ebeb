/// What has been drawn of a picture, sorted by how it is painted.
struct SVGDrawing {
  private struct Paint: Hashable {
    let brush: SVGShape.Brush
    let color: RGB
  }

  private struct Pen: Hashable {
    let color: RGB
    let isBold: Bool
  }

  /// Text of one pen in one row, begun at a cell.
  private struct Run {
    let pen: Pen
    let x: Int
    let y: Int
    var columns: Int
    var text: String
  }

  private var backgrounds = SVGGroups<RGB>()
  private var shapes = SVGGroups<Paint>()
  private var texts = SVGGroups<Pen>()
  private var run: Run?
  private var background: (color: RGB, x: Int, y: Int, columns: Int)?
  /// The end of the last horizontal line, which the next one may go on from.
  private var line: (paint: Paint, x: Double, y: Double, length: Double)?

  private static let (width, height) = FrameSVG.cell

  /// Colours what is behind a cell; cells come from left to right.
  mutating func paintBackground(_ color: RGB?, x: Int, y: Int) {
    if let color, let last = background, last.color == color, last.x + last.columns == x {
      background?.columns += 1
    } else {
      endBackground()
      background = color.map { ($0, x, y, 1) }
    }
  }

  /// Draws a glyph as a shape, or failing that as text.
  mutating func add(_ glyph: Glyph, ink: SVGInk, x: Int, y: Int) {
    if glyph.isBlank {
      if let run, run.x + run.columns < x { endText() }
    } else if let shape = SVGShape.of(glyph) {
      endText()
      add(shape, ink: ink, x: x, y: y)
    } else {
      addText(glyph, pen: Pen(color: ink.color, isBold: ink.isBold), x: x, y: y)
    }
  }

  mutating func add(_ shape: SVGShape, ink: SVGInk, x: Int, y: Int) {
    let paint = Paint(brush: shape.brush, color: ink.color)
    for piece in shape.pieces {
      let (left, top) = (Double(x * Self.width) + piece.x, Double(y * Self.height) + piece.y)
      if piece.rest == "h8" {
        extendLine(paint, x: left, y: top)
      } else {
        shapes.append("M\(SVGDrawing.number(left)) \(SVGDrawing.number(top))\(piece.rest)", to: paint)
      }
    }
  }

  mutating func endRow() {
    endText()
    endBackground()
    endLine()
  }

  private mutating func addText(_ glyph: Glyph, pen: Pen, x: Int, y: Int) {
    // A glyph that may come from another font than its neighbours gets its place to itself.
    let isOfAnyFont = glyph.scalarValues.lead < 0x80 && glyph.scalarValues.firstMark == 0
    if let run, run.pen != pen || run.x + run.columns + 1 < x || !isOfAnyFont { endText() }
    var text = String.UnicodeScalarView()
    glyph.append(to: &text)
    if let last = run {
      run?.text += String(repeating: " ", count: x - last.x - last.columns) + String(text)
      run?.columns = x + 1 - last.x
    } else {
      run = Run(pen: pen, x: x, y: y, columns: glyph.columns, text: String(text))
    }
    if !isOfAnyFont { endText() }
  }

  private mutating func extendLine(_ paint: Paint, x: Double, y: Double) {
    if let last = line, last.paint == paint, last.y == y, last.x + last.length == x {
      line?.length += Double(Self.width)
    } else {
      endLine()
      line = (paint, x, y, Double(Self.width))
    }
  }

  private mutating func endLine() {
    if let line {
      let (x, y, length) = (line.x, line.y, line.length)
      shapes.append(
        "M\(SVGDrawing.number(x)) \(SVGDrawing.number(y))h\(SVGDrawing.number(length))", to: line.paint)
    }
    line = nil
  }

  private mutating func endBackground() {
    if let (color, x, y, columns) = background {
      let (width, height) = (columns * Self.width, Self.height)
      backgrounds.append("M\(x * Self.width) \(y * height)h\(width)v\(height)h-\(width)z", to: color)
    }
    background = nil
  }

  private mutating func endText() {
    if let run {
      let adjust = run.text.utf8.count > run.columns ? " lengthAdjust=\"spacingAndGlyphs\"" : ""
      texts.append(
        "<text x=\"\(run.x * Self.width)\" y=\"\(run.y * Self.height + 12)\" "
          + "textLength=\"\(run.columns * Self.width)\"\(adjust)>\(SVGText.escaped(run.text))</text>\n",
        to: run.pen)
    }
    run = nil
  }

  private static func number(_ value: Double) -> String { NumberText.short(value, significant: 6) }
}

extension SVGDrawing {
  /// What was drawn, backgrounds first.
  func elements() -> String {
    let backs = backgrounds.all.map { color, path in
      "<path fill=\"\(SVGText.color(color))\" shape-rendering=\"crispEdges\" d=\"\(path)\"/>\n"
    }
    let drawn = shapes.all.map { paint, path in
      "<path \(SVGDrawing.attributes(paint)) d=\"\(path)\"/>\n"
    }
    let written = texts.all.map { pen, text in
      let weight = pen.isBold ? " font-weight=\"bold\"" : ""
      return "<g fill=\"\(SVGText.color(pen.color))\"\(weight)>\n\(text)</g>\n"
    }
    return (backs + drawn + written).joined()
  }

  private static func attributes(_ paint: Paint) -> String {
    let color = SVGText.color(paint.color)
    return switch paint.brush {
    case .fill: "fill=\"\(color)\""
    case .stroke: "fill=\"none\" stroke=\"\(color)\""
    case .dots: "fill=\"none\" stroke=\"\(color)\" stroke-width=\"2.8\" stroke-linecap=\"round\""
    }
  }
}

/// Texts that belong together, in the order in which their keys came.
struct SVGGroups<Key: Hashable> {
  private var places: [Key: Int] = [:]
  private(set) var all: [(key: Key, text: String)] = []

  mutating func append(_ text: String, to key: Key) {
    if let place = places[key] {
      all[place].text += text
    } else {
      places[key] = all.count
      all.append((key, text))
    }
  }
}
