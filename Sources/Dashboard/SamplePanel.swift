internal import CellCanvas
internal import RunModel

/// One sample: probabilities of both models beside each other, largest contribution to the divergence first.
enum SamplePanel {
  static func draw(_ state: DashboardState, in rect: CellRect, of grid: inout CellGrid, context: DrawContext) {
    let x = PanelFrame.draw(.sample, state, in: rect, of: &grid, context: context)
    guard let sample = state.shown.chosenSample(state.sample, at: state.step) else {
      return PanelFrame.drawMessage(
        ["no sample with logits of both", "models yet: log logits and", "ref_logits with a sample name"],
        in: rect.inset(), of: &grid)
    }
    PanelFrame.drawInBorder([place(sample)], in: rect, from: x, of: &grid)
    let inside = rect.inset()
    let lines = SampleText.lines(sample, state: state, context: context)
    let shownLines = lines.prefix(max(1, inside.rows - 5))
    for (index, line) in shownLines.enumerated() {
      grid.write(line, x: inside.x, y: inside.y + index, maxColumns: inside.columns)
    }
    let rest = CellRect(
      x: inside.x, y: inside.y + shownLines.count, columns: inside.columns, rows: inside.rows - shownLines.count)
    guard let picture = sample.picture else {
      return PanelFrame.drawMessage(["probabilities of this step were", "let go to save memory"], in: rest, of: &grid)
    }
    let table = ProbabilityTable(
      picture: picture, row: sample.moment.rows[sample.row], classes: state.shown.classes ?? [], scroll: state.focus == .sample ? state.scroll : 0,
      glyphs: context.glyphs)
    table.draw(in: rest, of: &grid)
  }

  /// `3 of 16`.
  private static func place(_ sample: ChosenSample) -> FlexibleText {
    FlexibleText([
      [TextRun("\(sample.place + 1) of \(sample.count) by divergence", .faint)],
      [TextRun("\(sample.place + 1) of \(sample.count)", .faint)], [],
    ])
  }
}

/// What is said of a sample above its bars.
enum SampleText {
  static func lines(_ sample: ChosenSample, state: DashboardState, context: DrawContext) -> [[TextRun]] {
    let row = sample.moment.rows.indices.contains(sample.row) ? sample.moment.rows[sample.row] : nil
    return [
      identity(sample, glyphs: context.glyphs), divergence(row, glyphs: context.glyphs),
      token(sample, glyphs: context.glyphs), top(row, state: state, picture: sample.picture, glyphs: context.glyphs),
      entropy(row),
    ].filter { !$0.isEmpty }
  }

  private static func identity(_ sample: ChosenSample, glyphs: GlyphSet) -> [TextRun] {
    var runs = [TextRun(Printable.text(sample.key.name.label, glyphs: glyphs), .text, bold: true)]
    if let set = sample.key.probe.set {
      runs += [TextRun("  set ", .faint), TextRun(Printable.text(set, glyphs: glyphs))]
    }
    runs += [TextRun("  \(sample.key.probe.phaseName) step ", .faint), TextRun("\(sample.step)")]
    return runs
  }

  private static func divergence(_ row: MeasuredRow?, glyphs: GlyphSet) -> [TextRun] {
    guard let row else { return [] }
    return [
      TextRun(DivergenceDirection.policyReference.name(glyphs: glyphs) + " ", .faint),
      TextRun(NumberText.short(row.policyReference), .text, bold: true), TextRun(" nats", .faint),
    ]
  }

  /// Which token of a sequence the bars are about.
  private static func token(_ sample: ChosenSample, glyphs: GlyphSet) -> [TextRun] {
    guard sample.moment.rows.count > 1 else { return [] }
    var runs = [TextRun("token \(sample.row + 1) of \(sample.moment.rows.count) ", .faint)]
    if let token = sample.picture?.token { runs.append(TextRun("“\(Printable.text(token, glyphs: glyphs))”")) }
    return runs + [TextRun("  < > moves", .faint)]
  }

  private static func top(
    _ row: MeasuredRow?, state: DashboardState, picture: RowPicture?, glyphs: GlyphSet
  ) -> [TextRun] {
    guard let row, row.policyTop >= 0, row.referenceTop >= 0 else { return [] }
    let names = ClassNames(classes: state.shown.classes ?? [], labels: picture?.labels ?? [], glyphs: glyphs)
    let tuned = names.text(row.policyTop)
    if row.sameTop1 { return [TextRun("top-1 kept: ", .faint), TextRun(tuned)] }
    return [
      TextRun("\(glyphs.marks.flip) top-1 flipped: ", .warning, bold: true),
      TextRun(names.text(row.referenceTop), .reference), TextRun(" \(glyphs.marks.right) ", .faint),
      TextRun(tuned, .policy),
    ]
  }

  private static func entropy(_ row: MeasuredRow?) -> [TextRun] {
    guard let row else { return [] }
    return [
      TextRun("entropy base ", .faint), TextRun(NumberText.short(row.referenceEntropy), .reference),
      TextRun(" tuned ", .faint), TextRun(NumberText.short(row.policyEntropy), .policy), TextRun(" nats", .faint),
    ]
  }
}

/// Names of classes: of the record, else of the run, else the index.
struct ClassNames {
  var classes: [String]
  var labels: [String]
  var glyphs: GlyphSet

  func text(_ index: Int) -> String {
    let name = labels.indices.contains(index) ? labels[index] : classes.indices.contains(index) ? classes[index] : nil
    return name.map { Printable.text($0, glyphs: glyphs) } ?? "\(index)"
  }
}
