internal import CellCanvas
internal import Curves
internal import RunModel

/// One key of the metrics page: name and value in the upper border, the curve, its scale and role in the lower one.
struct MetricCell {
  var id: SeriesID
  var isSelected: Bool

  func draw(
    _ state: DashboardState, in rect: CellRect, of grid: inout CellGrid, context: DrawContext
  ) {
    let glyphs = context.glyphs
    let series = state.shown.series[id]
    let value = CurvePoints(series.current, rows: state.shown.rows).value(at: state.viewedStep)
    let text = value.map { ValueText.short($0, glyphs: glyphs) } ?? (glyphs.isASCII ? "-" : "–")
    let sign = isSelected ? "\(glyphs.marks.playing) " : ""
    let room = rect.columns - DisplayWidth.of(text) - DisplayWidth.of(sign) - 8
    let name = LegendEntry.shortened(
      Printable.text(series.name, glyphs: glyphs), to: max(4, room), glyphs: glyphs)
    PanelFrame.draw(sign + name, isFocused: isSelected, in: rect, of: &grid, context: context)
    grid.write(
      " \(text) ", x: rect.maxX - DisplayWidth.of(text) - 3, y: rect.y, style: Style(.series1, bold: true))
    guard rect.rows > 2 else { return }
    let curve = ChartCurve(
      series: id, of: state, label: series.name, look: CurveLook(0, glyphs: context.glyphs),
      context: context)
    let axis = XAxis(state)
    let scale = ChartScale(
      [curve], window: axis.window(columns: 1),
      isLogarithmic: state.metrics.logarithmic.contains(series.name),
      isRobust: state.charts.isRobust, glyphs: glyphs)
    drawFoot(scale, MetricText.meanings(id, of: state.shown), in: rect, of: &grid, glyphs: glyphs)
    draw(curve, scale, axis, state, in: rect.inset(), of: &grid, glyphs: glyphs)
  }

  private func draw(
    _ curve: ChartCurve, _ scale: ChartScale, _ axis: XAxis, _ state: DashboardState, in plot: CellRect,
    of grid: inout CellGrid, glyphs: GlyphSet
  ) {
    guard let range = scale.range else {
      return PanelFrame.drawMessage("no finite value", in: plot, of: &grid)
    }
    if let column = axis.cursorColumn(of: plot.columns) {
      grid.fill(
        CellRect(x: plot.x + column, y: plot.y, columns: 1, rows: plot.rows),
        with: Cell(glyph: glyphs.box.dashedVertical, style: .faint))
    }
    CurvePainter(
      plot: plot, window: axis.window(columns: plot.columns * glyphs.dotsAcross), range: range,
      scale: scale.scale, smoothing: state.charts.smoothing, glyphs: glyphs
    ).paint([curve], into: &grid)
  }

  /// The ends of the axis, and what the key means.
  private func drawFoot(
    _ scale: ChartScale, _ meanings: [String], in rect: CellRect, of grid: inout CellGrid, glyphs: GlyphSet
  ) {
    let dash = glyphs.isASCII ? ".." : "…"
    let ends = scale.range.map {
      let log = scale.scale == .logarithmic ? " log" : ""
      return "\(ValueText.short($0.lowerBound, glyphs: glyphs)) \(dash) "
        + "\(ValueText.short($0.upperBound, glyphs: glyphs))\(log)"
    }
    let texts = [
      FlexibleText([[TextRun(ends ?? "", .faint)]]),
      FlexibleText(meanings.map { [TextRun(Printable.text($0, glyphs: glyphs), .note)] } + [[]]),
    ]
    let runs = FlexibleText.line(texts, in: rect.columns - 6, gap: 2)
    guard !runs.isEmpty, runs.columns > 0 else { return }
    grid.write(
      [TextRun(" ")] + runs + [TextRun(" ")], x: rect.x + 2, y: rect.maxY - 1, maxColumns: rect.columns - 4)
  }
}

/// What a key means, in words.
enum MetricText {
  /// What a key is, the longest text first: for a KL also which of several, as its trainer computes it; empty where its
  /// name does not say.
  static func meanings(_ id: SeriesID, of run: RunModel) -> [String] {
    let kl = run.klDescription(of: id).map { ["KL \($0.text)", "KL \($0.quantity)"] } ?? []
    return kl + [role(run.series[id])].compactMap(\.self)
  }

  private static func role(_ series: Series) -> String? {
    switch series.role {
    case .fineTuneLoss: "fine-tune loss"
    case .totalLoss: "total loss"
    case .evaluationLoss: "evaluation loss"
    case .kl: "KL to the reference"
    case .evaluationKL: "KL to the reference, eval"
    case .learningRate: "learning rate"
    case .accuracy: "accuracy"
    case nil: nil
    }
  }
}
