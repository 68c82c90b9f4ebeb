internal import CellCanvas

/// The labels of a y axis, left of the plot, in as many columns as they need.
struct ValueAxis {
  /// What the labels leave of the rectangle.
  let plot: CellRect
  private let x: Int
  private let labels: [Label]

  private struct Label {
    var text: String
    var y: Int
  }

  /// Labels that are longer take a third of the columns at most.
  private static let usualColumns = 9

  init(
    _ range: ClosedRange<Double>, scale: AxisScale = .linear, in rect: CellRect, glyphs: GlyphSet
  ) {
    let all = Ticks.vertical(range, scale: scale, rows: rect.rows).map {
      Label(text: ValueText.withMinus($0.label, glyphs: glyphs), y: rect.y + $0.cell)
    }
    let room = max(Self.usualColumns, rect.columns / 3)
    // A number without its end is another number.
    labels = all.filter { DisplayWidth.of($0.text) <= room }
    x = rect.x
    let gutter = (labels.map { DisplayWidth.of($0.text) }.max() ?? 0) + 1
    plot = CellRect(x: rect.x + gutter, y: rect.y, columns: rect.columns - gutter, rows: rect.rows)
  }

  func draw(of grid: inout CellGrid) {
    for label in labels {
      let text = DisplayWidth.pad(label.text, to: plot.x - 1 - x, alignment: .right)
      grid.write(text, x: x, y: label.y, style: .faint)
    }
  }
}
