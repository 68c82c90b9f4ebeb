/// A glyph drawn without a font, in the units of a cell, ``FrameSVG/cell``.
struct SVGShape {
  /// How the paths of a shape are painted.
  enum Brush: CaseIterable {
    case fill, stroke, dots
  }

  /// A part of a path: where it begins in the cell, and how it goes on from there.
  struct Piece {
    let x: Double
    let y: Double
    let rest: String

    init(_ x: Double, _ y: Double, _ rest: String) {
      self.x = x
      self.y = y
      self.rest = rest
    }
  }

  let brush: Brush
  let pieces: [Piece]

  private init(_ brush: Brush, _ pieces: [Piece]) {
    self.brush = brush
    self.pieces = pieces
  }

  static let underline = SVGShape(.stroke, [Piece(0, 14.5, "h8")])

  /// The shape of a glyph; `nil` for those that only a font has.
  static func of(_ glyph: Glyph) -> SVGShape? {
    let (lead, mark, _) = glyph.scalarValues
    return mark == 0 ? shapes[lead] : nil
  }

  private static let shapes: [UInt32: SVGShape] = {
    var shapes = braille.merging(blocks) { first, _ in first }
    for (character, pieces) in lines { shapes[character.value] = SVGShape(.stroke, pieces) }
    for (character, pieces) in solidMarks { shapes[character.value] = SVGShape(.fill, pieces) }
    for (character, pieces) in hollowMarks { shapes[character.value] = SVGShape(.stroke, pieces) }
    return shapes
  }()

  /// Unicode numbers the dots down the left column, down the right, then the bottom row.
  private static let braille: [UInt32: SVGShape] = {
    let places: [(Double, Double)] = [
      (2, 2), (2, 6), (2, 10), (6, 2), (6, 6), (6, 10), (2, 14), (6, 14),
    ]
    let shapes = (UInt32(1)...255).map { bits in
      let dots = places.indices.filter { bits >> UInt32($0) & 1 == 1 }
      return (0x2800 + bits, SVGShape(.dots, dots.map { Piece(places[$0].0, places[$0].1, "h0") }))
    }
    return Dictionary(uniqueKeysWithValues: shapes)
  }()

  private static func block(_ x: Int, _ y: Int, _ width: Int, _ height: Int) -> Piece {
    Piece(Double(x), Double(y), "h\(width)v\(height)h-\(width)z")
  }

  private static let blocks: [UInt32: SVGShape] = {
    var shapes: [UInt32: SVGShape] = [
      0x2580: SVGShape(.fill, [block(0, 0, 8, 8)]), 0x2590: SVGShape(.fill, [block(4, 0, 4, 16)]),
    ]
    for eighths in 1...8 {
      shapes[UInt32(0x2580 + eighths)] = SVGShape(.fill, [block(0, 16 - 2 * eighths, 8, 2 * eighths)])
      shapes[UInt32(0x2590 - eighths)] = SVGShape(.fill, [block(0, 0, eighths, 16)])
    }
    let quarters = [block(0, 0, 4, 8), block(4, 0, 4, 8), block(0, 8, 4, 8), block(4, 8, 4, 8)]
    let filled: [[Int]] = [
      [2], [3], [0], [0, 2, 3], [0, 3], [0, 1, 2], [0, 1, 3], [1], [1, 2], [1, 2, 3],
    ]
    for (place, parts) in filled.enumerated() {
      shapes[UInt32(0x2596 + place)] = SVGShape(.fill, parts.map { quarters[$0] })
    }
    return shapes
  }()

  private static let lines: [Unicode.Scalar: [Piece]] = [
    "─": [Piece(0, 8, "h8")], "│": [Piece(4, 0, "v16")],
    "┌": [Piece(8, 8, "h-4v8")], "┐": [Piece(0, 8, "h4v8")],
    "└": [Piece(4, 0, "v8h4")], "┘": [Piece(4, 0, "v8h-4")],
    "├": [Piece(4, 0, "v16"), Piece(4, 8, "h4")], "┤": [Piece(4, 0, "v16"), Piece(0, 8, "h4")],
    "┬": [Piece(0, 8, "h8"), Piece(4, 8, "v8")], "┴": [Piece(0, 8, "h8"), Piece(4, 0, "v8")],
    "┼": [Piece(0, 8, "h8"), Piece(4, 0, "v16")],
    "┊": [1, 5, 9, 13].map { Piece(4, $0, "v2") },
  ]

  private static let solidMarks: [Unicode.Scalar: [Piece]] = [
    "●": [Piece(0.8, 8, "a3.2 3.2 0 1 0 6.4 0a3.2 3.2 0 1 0-6.4 0z")],
    "•": [Piece(2.2, 8, "a1.8 1.8 0 1 0 3.6 0a1.8 1.8 0 1 0-3.6 0z")],
    "▲": [Piece(4, 4.5, "l3.8 7h-7.6z")], "▼": [Piece(0.2, 4.5, "h7.6l-3.8 7z")],
    "■": [Piece(1, 5, "h6v6h-6z")], "◆": [Piece(4, 4, "l4 4l-4 4l-4-4z")],
    "▶": [Piece(1, 4, "l6.5 4l-6.5 4z")],
  ]

  private static let hollowMarks: [Unicode.Scalar: [Piece]] = [
    "○": [Piece(1.2, 8, "a2.8 2.8 0 1 0 5.6 0a2.8 2.8 0 1 0-5.6 0z")],
    "△": [Piece(4, 5.2, "l3.2 6h-6.4z")],
  ]
}
