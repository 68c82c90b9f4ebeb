internal import CellCanvas
internal import RunAnalysis
internal import RunModel

/// Draws curves with both axes into a panel.
struct ChartView {
  var curves: [ChartCurve]
  var levels: [ChartLevel] = []
  var scale: ChartScale
  var axis: XAxis
  /// Curves behind a smoothed line are faint.
  var smoothing: Double

  /// Narrower plots say nothing.
  private static let leastColumns = 12

  /// The plot inside a panel: right of the labels of the y axis.
  ///
  /// - Returns: `nil` where there is no room or no value.
  func plot(inside: CellRect, glyphs: GlyphSet) -> CellRect? { valueAxis(in: inside, glyphs: glyphs)?.plot }

  private func valueAxis(in inside: CellRect, glyphs: GlyphSet) -> ValueAxis? {
    guard inside.rows > 0, inside.columns > Self.leastColumns else { return nil }
    return scale.range.map { ValueAxis($0, scale: scale.scale, in: inside, glyphs: glyphs) }
  }

  /// Draws into `inside`; the labels of the steps stand in the lower border of `rect`.
  func draw(in rect: CellRect, inside: CellRect, of grid: inout CellGrid, context: DrawContext) {
    guard inside.rows > 0, inside.columns > Self.leastColumns else { return }
    guard let valueAxis = valueAxis(in: inside, glyphs: context.glyphs), let range = scale.range else {
      return PanelFrame.drawMessage(emptyMessage, in: inside, of: &grid)
    }
    let plot = valueAxis.plot
    valueAxis.draw(of: &grid)
    axis.draw(below: plot, in: rect, of: &grid, glyphs: context.glyphs)
    drawCrosshair(in: plot, of: &grid, glyphs: context.glyphs)
    for level in levels {
      level.draw(in: plot, range: range, scale: scale.scale, of: &grid, glyphs: context.glyphs)
    }
    CurvePainter(
      plot: plot, window: axis.window(columns: plot.columns * context.glyphs.dotsAcross), range: range,
      scale: scale.scale, smoothing: smoothing, glyphs: context.glyphs
    ).paint(curves, into: &grid)
  }

  private var emptyMessage: String {
    scale.scale == .logarithmic && !scale.notes.isEmpty
      ? "no value above 0 for a logarithmic axis" : "no finite value yet"
  }

  /// Behind the curves: it hides nothing.
  private func drawCrosshair(in plot: CellRect, of grid: inout CellGrid, glyphs: GlyphSet) {
    guard let column = axis.cursorColumn(of: plot.columns) else { return }
    grid.fill(
      CellRect(x: plot.x + column, y: plot.y, columns: 1, rows: plot.rows),
      with: Cell(glyph: glyphs.box.dashedVertical, style: .faint))
  }
}

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

/// A value that a chart should not cross: a budget.
struct ChartLevel: Sendable {
  var value: Double
  var label: String

  /// A dashed line behind the curves, with its name at the right; nothing where the value is out of sight.
  func draw(
    in plot: CellRect, range: ClosedRange<Double>, scale: AxisScale, of grid: inout CellGrid, glyphs: GlyphSet
  ) {
    guard let share = scale.position(of: value, in: range), (0...1).contains(share) else { return }
    let y = plot.y + Int(((1 - share) * Double(plot.rows - 1)).rounded())
    let text = " " + Printable.text(label, glyphs: glyphs)
    for x in stride(from: plot.x, to: plot.maxX, by: 2) {
      grid.set(x: x, y: y, Cell(glyph: glyphs.box.horizontal, style: Style(.warning)))
    }
    guard DisplayWidth.of(text) <= plot.columns / 2 else { return }
    grid.write(text, x: plot.maxX - DisplayWidth.of(text), y: y, style: Style(.warning))
  }

  /// The limits of all budgets on one of the curves of a chart.
  static func all(_ state: DashboardState, where isShown: (BudgetStanding) -> Bool) -> [ChartLevel] {
    state.analysis.budgets.flatMap { state.shown.standings(to: $0) }.filter(isShown).reduce(into: []) {
      levels, standing in
      guard !levels.contains(where: { $0.value == standing.level }) else { return }
      levels.append(ChartLevel(value: standing.level, label: standing.budget.text))
    }
  }
}
