internal import CellCanvas
internal import RunAnalysis
internal import RunModel

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
