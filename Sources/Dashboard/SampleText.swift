internal import CellCanvas
internal import RunModel

/// What is said of a sample above its bars, a line for each thing.
struct SampleText {
  var sample: ChosenSample
  var classes: [String]
  var glyphs: GlyphSet

  var lines: [FlexibleText] {
    [identity, divergence, token, top, entropy].compactMap(\.self)
  }

  private var names: ClassNames {
    ClassNames(
      classes: classes, labels: sample.picture?.labels ?? [], glyphs: glyphs, texts: sample.moment.texts)
  }

  /// `probe-03  set old  eval step 120`.
  private var identity: FlexibleText {
    let name = [TextRun(Printable.text(sample.key.name.label, glyphs: glyphs), .text, bold: true)]
    let step = [TextRun("  step ", .faint), TextRun("\(sample.step)")]
    let phase = [TextRun("  \(sample.key.probe.phaseName) step ", .faint), TextRun("\(sample.step)")]
    guard let set = sample.key.probe.set else { return FlexibleText([name + phase, name + step, name]) }
    let text = Printable.text(set, glyphs: glyphs)
    let long = name + [TextRun("  set ", .faint), TextRun(text)]
    let short = name + [TextRun("  "), TextRun(text)]
    return FlexibleText([long + phase, long + step, short + step, short, name])
  }

  private var divergence: FlexibleText? {
    guard let row = sample.measured else { return nil }
    let value = [
      TextRun(DivergenceDirection.policyReference.name(glyphs: glyphs) + " ", .faint),
      TextRun(ValueText.short(row.policyReference, glyphs: glyphs), .text, bold: true),
      TextRun(" nats", .faint),
    ]
    guard let target = sample.picture?.target else { return FlexibleText([value]) }
    let name = TextRun(names.text(target), .target)
    let mark = TextRun("  \(glyphs.marks.target)", .target)
    return FlexibleText([value + [mark, TextRun(" target ", .faint), name], value + [mark, name], value])
  }

  /// Which token of a sequence the bars are about.
  private var token: FlexibleText? {
    let count = sample.moment.rows.count
    guard count > 1 else { return nil }
    var place = [TextRun("token \(sample.row + 1) of \(count)", .faint)]
    if let token = sample.picture?.token {
      let (open, close) = glyphs.isASCII ? ("\"", "\"") : ("“", "”")
      place.append(TextRun(" \(open)\(Printable.text(token, glyphs: glyphs))\(close)"))
    }
    return FlexibleText([place + [TextRun("  < > moves", .faint)], place])
  }

  private var top: FlexibleText? {
    guard let row = sample.measured, row.policyTop >= 0, row.referenceTop >= 0 else { return nil }
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

  private var entropy: FlexibleText? {
    guard let row = sample.measured else { return nil }
    let values = [
      TextRun("entropy base ", .faint),
      TextRun(ValueText.short(row.referenceEntropy, glyphs: glyphs), .reference),
      TextRun(" tuned ", .faint), TextRun(ValueText.short(row.policyEntropy, glyphs: glyphs), .policy),
    ]
    return FlexibleText([values + [TextRun(" nats", .faint)], values])
  }
}
