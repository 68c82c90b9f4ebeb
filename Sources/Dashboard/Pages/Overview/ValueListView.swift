internal import CellCanvas
internal import Curves
internal import Divergence
internal import RunModel

/// Last values as text, for screens too small for a chart.
enum ValueListView {
  static func draw(
    _ state: DashboardState, in rect: CellRect, of grid: inout CellGrid, context: DrawContext
  ) {
    let lines = lines(state, columns: max(0, rect.columns - 1), glyphs: context.glyphs)
    for (index, line) in lines.prefix(max(0, rect.rows)).enumerated() {
      grid.write(line, x: rect.x + 1, y: rect.y + index, maxColumns: max(0, rect.columns - 1))
    }
  }

  private static func lines(_ state: DashboardState, columns: Int, glyphs: GlyphSet) -> [[TextRun]] {
    let run = state.shown
    func line(_ name: String, _ value: Double) -> [TextRun] {
      Self.line(name, value, columns: columns, glyphs)
    }
    let divergences = run.tracks.compactMap { track in
      track.point(at: state.viewedStep).map {
        line("D " + track.probe.label, $0.statistics(state.charts.direction).mean)
      }
    }
    let roles: [MetricRole] = [.fineTuneLoss, .totalLoss, .evaluationKL, .kl, .accuracy, .evaluationLoss]
    let metrics = roles.flatMap { run.series(role: $0) }.compactMap { id in
      CurvePoints(run.series[id].current, rows: run.rows).value(at: state.viewedStep).map {
        line(run.series[id].name, $0)
      }
    }
    return Array(metrics.prefix(1)) + divergences + modes(state) + Array(metrics.dropFirst())
  }

  private static func modes(_ state: DashboardState) -> [[TextRun]] {
    guard let modes = state.shown.modeStates(at: state.viewedStep).first else { return [] }
    return [("policy", StyleRole.policy, modes.policy), ("reference", .reference, modes.reference)].map {
      name, role, switches in
      [
        TextRun(name + " ", role), TextRun(ModeText.mode(switches), .text, bold: true),
        TextRun(" " + ModeText.gradients(switches), .faint),
      ]
    }
  }

  /// A long name gives way to its value.
  private static func line(_ name: String, _ value: Double, columns: Int, _ glyphs: GlyphSet) -> [TextRun] {
    let number = ValueText.short(value, glyphs: glyphs)
    let shown = DisplayWidth.truncateMiddle(
      Printable.text(name, glyphs: glyphs), to: max(1, columns - DisplayWidth.of(number) - 1),
      ellipsis: glyphs.marks.ellipsis)
    return [TextRun(shown + " ", .faint), TextRun(number, .text, bold: true)]
  }
}
