internal import CellCanvas
internal import RunFeed
internal import RunModel

/// What is said of the open sample above its bars.
struct InspectionText {
  var sample: InspectedSample
  var direction: DivergenceDirection
  var glyphs: GlyphSet

  private var record: SampleRecord { sample.state.record }
  private var names: ClassNames {
    ClassNames(classes: sample.names, labels: [], glyphs: glyphs, texts: sample.measured?.texts)
  }

  /// Lines in `columns` columns.
  func lines(columns: Int) -> [[TextRun]] {
    let facts = [
      [divergence, right], [top, margin], [token, target, sample.entropy(glyphs: glyphs)], [history],
      [otherInputs],
      [otherStep],
    ]
    return facts.flatMap { facts -> [[TextRun]] in
      let texts = facts.compactMap(\.self)
      if texts.isEmpty { return [] }
      if let line = FlexibleText.fitting(texts, in: columns, gap: 3) { return [line] }
      return texts.map { FlexibleText.line([$0], in: columns, gap: 0) }
    }
  }

  /// Of the row the bars are about, and of the whole sample where that is more.
  private var divergence: FlexibleText? {
    guard let row = sample.measuredRow else { return nil }
    let name = TextRun(direction.name(glyphs: glyphs) + " ", .faint)
    let whole = TextRun(ValueText.short(record.divergence(direction), glyphs: glyphs), .text, bold: true)
    guard record.rows > 1 else {
      return FlexibleText([[name, whole, TextRun(" nats", .faint)], [name, whole]])
    }
    let own = direction == .policyReference ? row.policyReference : row.referencePolicy
    let token = [
      TextRun(" nats a token, here ", .faint),
      TextRun(ValueText.short(own, glyphs: glyphs), .text, bold: true),
    ]
    let short = [TextRun(" mean, here ", .faint), token[1]]
    // What the bars are about is told in any case, if need be on a line of its own.
    return FlexibleText([[name, whole] + token, [name, whole] + short])
  }

  /// Which token of a sequence the bars are about.
  private var token: FlexibleText? {
    guard record.rows > 1 else { return nil }
    let place = [
      TextRun("token ", .faint), TextRun("\(sample.row + 1)", .text, bold: true),
      TextRun(" of \(record.rows)", .faint),
    ]
    return FlexibleText([place])
  }

  /// `right 33 → 8 % of 48 tokens`: of the whole sequence.
  private var right: FlexibleText? {
    guard record.isSequence, record.targets > 0 else { return nil }
    let isLost = record.isBelowReference && !record.isOfNewTask
    let role: StyleRole = isLost ? .error : .policy
    let values = [
      TextRun(percent(record.referenceTokenAccuracy), .reference), TextRun(" \(glyphs.marks.right) ", .faint),
      TextRun(percent(record.tokenAccuracy), role, bold: isLost),
    ]
    let start = [TextRun("right ", .faint)] + values
    return FlexibleText([
      start + [TextRun(" % of \(record.targets) tokens", .faint)], start + [TextRun(" %", .faint)],
    ])
  }

  private func percent(_ share: Double) -> String { NumberText.fixed(100 * share, decimals: 0) }

  /// Said where the name stands for other inputs than it did.
  private var otherInputs: FlexibleText? {
    guard let step = record.inputsSince else { return nil }
    return FlexibleText([
      [TextRun("other inputs under this name since step \(step): compared from there on", .warning)],
      [TextRun("other inputs since step \(step)", .warning)],
    ])
  }

  private var top: FlexibleText? {
    guard let row = sample.measuredRow, row.policyTop >= 0, row.referenceTop >= 0 else { return nil }
    let tuned = names.text(row.policyTop)
    let right = row.target < 0 ? [] : verdict(row)
    if row.sameTop1 { return FlexibleText([[TextRun("top-1 kept: ", .faint), TextRun(tuned)] + right]) }
    return FlexibleText([
      [
        TextRun("\(glyphs.marks.flip) top-1 flipped: ", .warning, bold: true),
        TextRun(names.text(row.referenceTop), .reference), TextRun(" \(glyphs.marks.right) ", .faint),
        TextRun(tuned, .policy),
      ] + right
    ])
  }

  private func verdict(_ row: RowEvidence) -> [TextRun] {
    row.isCorrect
      ? [TextRun(" \(glyphs.marks.yes) right", .good)] : [TextRun(" \(glyphs.marks.no) wrong", .error)]
  }

  /// `◆ target 3  p 0.98 → 0.02`.
  private var target: FlexibleText? {
    guard let row = sample.measuredRow, row.target >= 0 else { return nil }
    let name = [
      TextRun("\(glyphs.marks.target) target ", .target),
      TextRun(names.text(row.target), .target, bold: true),
    ]
    let values = [
      TextRun(NumberText.fixed(record.referenceTargetProbability, decimals: 2), .reference),
      TextRun(" \(glyphs.marks.right) ", .faint),
      TextRun(NumberText.fixed(record.policyTargetProbability, decimals: 2), .policy),
    ]
    guard record.rows > 1 else { return FlexibleText([name + [TextRun("  p ", .faint)] + values, name]) }
    let mean = [TextRun("   all targets' p, geometric mean ", .faint)] + values
    let short = [TextRun("   mean p ", .faint)] + values
    return FlexibleText([name + mean, name + short, name])
  }

  /// `margin 0.41 nats, near flipping`: of a sequence the mean over its tokens.
  private var margin: FlexibleText? {
    let value = Double(record.policyMargin)
    guard record.targets > 0, !value.isNaN else { return nil }
    let number = [
      TextRun(record.rows > 1 ? "mean margin " : "margin ", .faint),
      TextRun(ValueText.short(value, glyphs: glyphs), record.marginRole), TextRun(" nats", .faint),
    ]
    guard !record.isOfNewTask, value >= 0, value < Margin.near else { return FlexibleText([number]) }
    return FlexibleText([number + [TextRun(", near flipping", .warning)], number])
  }

  /// `✗ forgotten first at step 10, 2 times so far   top-1 changed 3 times`.
  private var history: FlexibleText {
    let flips = [TextRun(flips, .faint)]
    let gap = [TextRun("   ")]
    guard let first = record.firstForgotten else {
      return FlexibleText([
        (record.targets > 0 && !record.isOfNewTask ? [TextRun("not forgotten so far", .faint)] + gap : [])
          + flips
      ])
    }
    let long = [
      TextRun("\(glyphs.marks.no) forgotten", .error), TextRun(" first at step "),
      TextRun("\(first)", .warning, bold: true),
    ]
    let times = [TextRun(", \(Self.times(record.forgettingEvents)) so far")]
    return FlexibleText([long + times + gap + flips, long + gap + flips, long])
  }

  private var flips: String {
    record.flips == 0 ? "top-1 never changed" : "top-1 changed \(Self.times(record.flips))"
  }

  private static func times(_ count: UInt32) -> String {
    count == 1 ? "once" : "\(count) times"
  }

  /// Said where the bars are not those of the step.
  private var otherStep: FlexibleText? {
    guard sample.isPictureOfAnotherStep, let step = sample.picture?.step else { return nil }
    let text = "bars of step \(step): those of step \(sample.state.step) were not kept, to save memory"
    return FlexibleText([[TextRun(text, .warning)], [TextRun("bars of step \(step)", .warning)]])
  }
}

/// The open sample in the other visible runs: what became of it there at the same step.
struct OtherRuns {
  private let lines: [FlexibleText]

  /// More runs are compared on the page of runs.
  private static let mostRuns = 6

  init(_ state: DashboardState, key: SampleKey, glyphs: GlyphSet) {
    let others = state.runs.visible.filter { $0 != state.runs.selected }
    lines = others.lazy.compactMap { index in
      guard let run = state.runs[index]?.shown,
        let sample = run.evaluation(of: key, at: state.viewedStep)
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
