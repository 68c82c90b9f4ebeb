/// A grid of dots, several to a cell, that curves are drawn into.
///
/// Dot (0, 0) is at the top left; y grows downwards. A cell shows its dots in one style: that of the last dot drawn
/// into it, except that a faint one (a raw curve, an envelope) never takes over from a strong one.
package struct PlotRaster: Sendable {
  /// In cells.
  package let size: CellSize
  package let glyphs: GlyphSet
  private var patterns: [UInt8]
  private var styles: [Style]

  package init(size: CellSize, glyphs: GlyphSet) {
    self.size = size
    self.glyphs = glyphs
    patterns = Array(repeating: 0, count: size.columns * size.rows)
    styles = Array(repeating: .faint, count: size.columns * size.rows)
  }

  package var dotColumns: Int { size.columns * glyphs.dotsAcross }
  package var dotRows: Int { size.rows * glyphs.dotsDown }

  /// Sets one dot; outside the raster nothing happens.
  package mutating func setDot(x: Int, y: Int, style: Style) {
    guard x >= 0, x < dotColumns, y >= 0, y < dotRows else { return }
    mark(x: x, y: y, style: style)
  }

  /// Sets one dot of a curve by its place in the legend.
  package mutating func setDot(x: Int, y: Int, series: UInt8) {
    setDot(x: x, y: y, style: .series(Int(series)))
  }

  /// Sets the dots of one column between two rows, both included, in either order.
  package mutating func verticalRun(x: Int, y0: Int, y1: Int, style: Style) {
    let top = max(0, min(y0, y1))
    let bottom = min(dotRows - 1, max(y0, y1))
    guard x >= 0, x < dotColumns, top <= bottom else { return }
    for y in top...bottom { mark(x: x, y: y, style: style) }
  }

  /// Sets the dots of a straight line between two dots, both included; what lies outside is clipped.
  ///
  /// Ends further away than 2^31 dots count as that far.
  package mutating func line(x0: Int, y0: Int, x1: Int, y1: Int, style: Style) {
    let (x0, y0) = (PlotRaster.bounded(x0), PlotRaster.bounded(y0))
    let run = PlotRaster.bounded(x1) - x0
    let rise = PlotRaster.bounded(y1) - y0
    // One dot a step along the longer axis, between the steps at which the line enters and leaves the raster.
    let steps = max(1, abs(run), abs(rise))
    guard
      let across = PlotRaster.stepsInside(start: x0, perStep: run / steps, count: dotColumns),
      let down = PlotRaster.stepsInside(start: y0, perStep: rise / steps, count: dotRows)
    else { return }
    let first = max(0, across.lowerBound, down.lowerBound).rounded(.up)
    let last = min(steps, across.upperBound, down.upperBound).rounded(.down)
    for step in stride(from: first, through: last, by: 1) {
      let x = (x0 + run / steps * step).rounded()
      let y = (y0 + rise / steps * step).rounded()
      setDot(x: Int(x), y: Int(y), style: style)
    }
  }

  private static func bounded(_ coordinate: Int) -> Double {
    Double(min(1 << 31, max(-(1 << 31), coordinate)))
  }

  /// The steps at which `start + step * perStep` rounds to an index below `count`; `nil` if it never does.
  private static func stepsInside(start: Double, perStep: Double, count: Int) -> ClosedRange<Double>? {
    let low = -0.5 - start
    let high = Double(count) - 0.5 - start
    if perStep == 0 { return low <= 0 && 0 < high ? 0...Double.infinity : nil }
    return min(low / perStep, high / perStep)...max(low / perStep, high / perStep)
  }

  /// Copies the cells that have dots into a grid, from the upper left corner of a rectangle, clipped to it; cells
  /// without dots are left as they are.
  package func draw(into grid: inout CellGrid, at rect: CellRect) {
    let visible = rect.intersection(grid.bounds)
      .intersection(CellRect(x: rect.x, y: rect.y, columns: size.columns, rows: size.rows))
    guard !visible.isEmpty else { return }
    for y in visible.y..<visible.maxY {
      for x in visible.x..<visible.maxX {
        let index = (y - rect.y) * size.columns + (x - rect.x)
        let pattern = patterns[index]
        if pattern == 0 { continue }
        grid.setInside(glyphs.patterns[Int(pattern)], style: styles[index], x: x, y: y)
      }
    }
  }

  private mutating func mark(x: Int, y: Int, style: Style) {
    let index = y / glyphs.dotsDown * size.columns + x / glyphs.dotsAcross
    let bit = y % glyphs.dotsDown * glyphs.dotsAcross + x % glyphs.dotsAcross
    patterns[index] |= 1 << UInt8(bit)
    if style.role != .faint || styles[index].role == .faint { styles[index] = style }
  }
}
