internal import CellCanvas
internal import RunFeed
internal import RunModel

/// The open sample in the other visible runs: what became of it there at the same step.
struct OtherRuns {
  private let lines: [FlexibleText]

  /// More runs are compared on the page of runs.
  private static let mostRuns = 6

  init(_ state: DashboardState, key: SampleKey, glyphs: GlyphSet) {
    let others = state.runs.visible.filter { $0 != state.runs.selected }
    lines = others.lazy.compactMap { index in
      guard let run = state.runs[index]?.shown,
        let sample = run.evaluations(of: key).last(where: { $0.step <= state.viewedStep })
      else { return nil }
      return Self.line(sample, of: run, index: index, state: state, glyphs: glyphs)
    }.prefix(Self.mostRuns).map(\.self)
  }

  func lines(columns: Int) -> [[TextRun]] { lines.map { FlexibleText.line([$0], in: columns, gap: 0) } }

  /// `▲ digits-kl  D 0.32 nats  target p 0.91  top-1 3  at step 200`.
  private static func line(
    _ sample: SampleState, of run: RunModel, index: Int, state: DashboardState, glyphs: GlyphSet
  ) -> FlexibleText {
    let record = sample.record
    let name = DisplayWidth.truncate(
      Printable.text(run.displayName, glyphs: glyphs), to: 20, ellipsis: glyphs.marks.ellipsis)
    let marks = glyphs.marks.series
    let head = [
      TextRun("\(marks[index % marks.count]) ", .series(index)), TextRun(name + "  ", .text),
      TextRun("D ", .faint),
      TextRun(ValueText.short(record.divergence(state.charts.direction), glyphs: glyphs), .text, bold: true),
      TextRun(" nats", .faint),
    ]
    let target =
      record.targets == 0
      ? []
      : [
        TextRun("  target p ", .faint),
        TextRun(NumberText.fixed(record.policyTargetProbability, decimals: 2), .policy),
      ]
    let names = ClassNames(classes: run.classes ?? [], labels: [], glyphs: glyphs)
    let top =
      record.policyTop < 0
      ? [] : [TextRun("  top-1 ", .faint), TextRun(names.text(Int(record.policyTop)), .policy)]
    let place = [TextRun("  at step \(sample.step)", .faint)]
    return FlexibleText([head + target + top + place, head + target + top, head + target, head])
  }
}
