internal import CellCanvas
internal import RunModel

/// One sample: probabilities of both models beside each other, largest contribution to the divergence first.
enum SamplePanel {
  static func draw(_ state: DashboardState, in rect: CellRect, of grid: inout CellGrid, context: DrawContext)
  {
    let x = PanelFrame.draw(.sample, state, in: rect, of: &grid, context: context)
    guard let (sample, place, count) = state.chosenSample else {
      return PanelFrame.drawMessage(emptyMessage(state), in: rect.inset(), of: &grid)
    }
    PanelFrame.drawInBorder(
      [placeText(place, of: count, by: state.sample.order)], in: rect, from: x, of: &grid)
    let inside = rect.inset()
    let lines = SampleText(sample: sample, glyphs: context.glyphs).lines
    let shownLines = lines.prefix(max(1, inside.rows - tableRows))
    for (index, line) in shownLines.enumerated() {
      let runs = FlexibleText.line([line], in: inside.columns, gap: 0)
      grid.write(runs, x: inside.x, y: inside.y + index, maxColumns: inside.columns)
    }
    let rest = CellRect(
      x: inside.x, y: inside.y + shownLines.count, columns: inside.columns,
      rows: inside.rows - shownLines.count)
    guard let row = sample.measuredRow else {
      return PanelFrame.drawMessage("the mask leaves no row of this sample", in: rest, of: &grid)
    }
    guard let picture = sample.picture?.picture, !sample.isPictureOfAnotherStep else {
      return PanelFrame.drawMessage(
        "probabilities of this step were let go to save memory", in: rest, of: &grid)
    }
    let table = ProbabilityTable(
      picture: picture, row: row, classes: sample.names,
      scroll: state.overview.focus == .sample ? state.overview.scroll : 0, glyphs: context.glyphs)
    table.draw(in: rest, of: &grid)
  }

  /// Rows that the text above the bars leaves to them.
  private static let tableRows = 5

  /// Rows of the table that can be scrolled away.
  static func mostScroll(_ state: DashboardState, in rect: CellRect) -> Int {
    guard let sample = state.chosenSample?.sample, let picture = sample.picture?.picture else { return 0 }
    let rows = rect.inset().rows
    let lines = SampleText(sample: sample, glyphs: .ascii).lines.count
    let entries =
      sample.measuredRow.map {
        ProbabilityTable(picture: picture, row: $0, classes: sample.names, scroll: 0, glyphs: .ascii).count
      } ?? 0
    return max(0, entries - (rows - min(lines, max(1, rows - tableRows)) - 1))
  }

  private static func emptyMessage(_ state: DashboardState) -> String {
    state.sample.filter.isEmpty
      ? "no sample with logits of both models yet: log logits and ref_logits with a sample name"
      : "no sample fits the filter of the page of samples"
  }

  /// `3 of 16 by divergence`.
  private static func placeText(_ place: Int, of count: Int, by order: SampleOrder) -> FlexibleText {
    let short = "\(place + 1) of \(count)"
    return FlexibleText([
      [TextRun("\(short) by \(order.column.name)", .faint)], [TextRun(short, .faint)], [],
    ])
  }
}

/// What is said of a sample above its bars, a line for each thing.
struct SampleText {
  var sample: InspectedSample
  var glyphs: GlyphSet

  var lines: [FlexibleText] {
    [identity, divergence, token, top, sample.entropy(glyphs: glyphs)].compactMap(\.self)
  }

  private var names: ClassNames {
    ClassNames(classes: sample.names, labels: [], glyphs: glyphs, texts: sample.measured?.texts)
  }

  /// `probe-03  set old  eval step 120`.
  private var identity: FlexibleText {
    let name = [TextRun(Printable.text(sample.state.key.name.label, glyphs: glyphs), .text, bold: true)]
    let step = [TextRun("  step ", .faint), TextRun("\(sample.state.step)")]
    let phase = [
      TextRun("  \(sample.state.key.probe.phaseName) step ", .faint), TextRun("\(sample.state.step)"),
    ]
    guard let set = sample.state.key.probe.set else {
      return FlexibleText([name + phase, name + step, name])
    }
    let text = Printable.text(set, glyphs: glyphs)
    let long = name + [TextRun("  set ", .faint), TextRun(text)]
    let short = name + [TextRun("  "), TextRun(text)]
    return FlexibleText([long + phase, long + step, short + step, short, name])
  }

  /// Of a sequence the mean over its tokens and the token's own, each named.
  private var divergence: FlexibleText? {
    guard let row = sample.measuredRow else { return nil }
    let record = sample.state.record
    let about = TextRun(DivergenceDirection.policyReference.name(glyphs: glyphs) + " ", .faint)
    let own = TextRun(ValueText.short(row.policyReference, glyphs: glyphs), .text, bold: true)
    guard record.rows < 2 else {
      let mean = TextRun(ValueText.short(record.policyReference, glyphs: glyphs), .text, bold: true)
      let parts = [mean, TextRun(" nats a token, this token ", .faint), own]
      return FlexibleText([
        [about] + parts, [TextRun("D ", .faint)] + parts,
        [TextRun("D mean ", .faint), mean, TextRun(", token ", .faint), own],
      ])
    }
    let value = [about, own, TextRun(" nats", .faint)]
    guard row.target >= 0 else { return FlexibleText([value]) }
    let name = TextRun(names.text(row.target), .target)
    let mark = TextRun("  \(glyphs.marks.target)", .target)
    return FlexibleText([value + [mark, TextRun(" target ", .faint), name], value + [mark, name], value])
  }

  /// Which token of a sequence the bars are about.
  private var token: FlexibleText? {
    let count = sample.measured?.rows.count ?? 0
    guard count > 1 else { return nil }
    var place = [TextRun("token \(sample.row + 1) of \(count)", .faint)]
    if let token = sample.picture?.picture.token {
      let (open, close) = glyphs.isASCII ? ("\"", "\"") : ("“", "”")
      place.append(TextRun(" \(open)\(Printable.text(token, glyphs: glyphs))\(close)"))
    }
    if let row = sample.measuredRow, row.target >= 0 {
      let target = [
        TextRun("  \(glyphs.marks.target)", .target), TextRun(" target ", .faint),
        TextRun(names.text(row.target), .target),
      ]
      return FlexibleText([place + target + [TextRun("  < > moves", .faint)], place + target, place])
    }
    return FlexibleText([place + [TextRun("  < > moves", .faint)], place])
  }

  private var top: FlexibleText? {
    guard let row = sample.measuredRow, row.policyTop >= 0, row.referenceTop >= 0 else { return nil }
    let tuned = names.text(row.policyTop)
    if row.sameTop1 { return FlexibleText([[TextRun("top-1 kept: ", .faint), TextRun(tuned)]]) }
    let change = [
      TextRun(names.text(row.referenceTop), .reference), TextRun(" \(glyphs.marks.right) ", .faint),
      TextRun(tuned, .policy),
    ]
    let sign = "\(glyphs.marks.flip) "
    return FlexibleText([
      [TextRun(sign + "top-1 flipped: ", .warning, bold: true)] + change,
      [TextRun(sign, .warning, bold: true)] + change,
    ])
  }
}
