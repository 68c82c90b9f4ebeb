internal import CellCanvas
internal import RunModel

/// The cells of one line of the list.
struct SampleCells {
  var state: SampleState
  var names: [String]
  var direction: DivergenceDirection
  /// True where samples of several phases are listed.
  var namesPhase: Bool
  /// Of its set.
  var look: CurveLook?
  var glyphs: GlyphSet

  private var record: SampleRecord { state.record }

  /// The text of a column, in at most `columns` columns where it can be shortened.
  func runs(_ column: SampleColumn, columns: Int) -> [TextRun] {
    switch column {
    case .sample: [TextRun(cut(state.key.name.label, to: columns), .text, bold: true)]
    case .set: set(columns: columns)
    case .divergence:
      [TextRun(record.rows > 0 ? Self.compact(record.divergence(direction), glyphs) : nothing)]
    case .change: [change]
    case .target: target
    case .margin: [margin]
    case .top: top(columns: columns)
    case .flips: [count(record.flips, columns)]
    case .forgettingEvents: [count(record.forgettingEvents, columns)]
    case .firstForgotten: [firstForgotten(columns)]
    }
  }

  private func set(columns: Int) -> [TextRun] {
    let mark = look.map { [TextRun("\($0.mark) ", $0.style)] } ?? []
    return mark + [TextRun(cut(setName, to: max(1, columns - mark.columns)))]
  }

  /// `old`, or `eval old` where there are several phases.
  var setName: String {
    namesPhase ? state.key.probe.label : state.key.probe.set ?? state.key.probe.phaseName
  }

  private var nothing: String { glyphs.isASCII ? "-" : "–" }

  private func cut(_ text: String, to columns: Int) -> String {
    DisplayWidth.truncate(
      Printable.text(text, glyphs: glyphs), to: columns, ellipsis: glyphs.marks.ellipsis)
  }

  /// At most six columns with a sign, of a steady number of digits: `0.612`, `4.41`, `20.4`, `1234`, `8e-05`, `1e9`.
  static func compact(_ value: Double, _ glyphs: GlyphSet) -> String {
    let magnitude = value.magnitude
    let decimals = magnitude < 1 ? 3 : magnitude < 10 ? 2 : magnitude < 100 ? 1 : 0
    let isSmall = magnitude > 0 && magnitude < 0.0005
    if magnitude >= 99_999, magnitude.isFinite { return power(of: value, glyphs) }
    guard magnitude.isFinite, !isSmall else { return ValueText.short(value, significant: 1, glyphs: glyphs) }
    return ValueText.withMinus(NumberText.fixed(value, decimals: decimals), glyphs: glyphs)
  }

  /// `1e9`: one digit and a power of ten.
  private static func power(of value: Double, _ glyphs: GlyphSet) -> String {
    var (digit, exponent) = (value.magnitude, 0)
    while digit >= 9.5 { (digit, exponent) = (digit / 10, exponent + 1) }
    return (value < 0 ? glyphs.marks.minus : "") + NumberText.fixed(digit, decimals: 0) + "e\(exponent)"
  }

  private var change: TextRun {
    let value = Double(record.change(direction))
    guard !value.isNaN else { return TextRun(nothing, .faint) }
    let isSmall = value.magnitude < 0.0005
    let text = isSmall ? "0.000" : Self.compact(value, glyphs)
    return TextRun(value > 0 && !isSmall ? "+" + text : text, isSmall ? .faint : .text)
  }

  /// How far the right answer is from another one.
  private var margin: TextRun {
    let value = Double(record.policyMargin)
    guard !value.isNaN else { return TextRun(nothing, .faint) }
    return TextRun(Self.compact(value, glyphs), record.marginRole)
  }

  /// `0.98 → 0.02`.
  private var target: [TextRun] {
    guard record.targets > 0 else { return [TextRun(nothing, .faint)] }
    return [
      TextRun(NumberText.fixed(record.referenceTargetProbability, decimals: 2), .reference),
      TextRun(" \(glyphs.marks.right) ", .faint),
      TextRun(NumberText.fixed(record.policyTargetProbability, decimals: 2), .policy),
    ]
  }

  /// `3 → 8 ✗`, of a sequence `5/14 ⇄ 9/14 ✓`.
  private func top(columns: Int) -> [TextRun] {
    guard record.rows > 0 else { return [TextRun(nothing, .faint)] }
    if record.rows > 1 { return topOfSequence(columns: columns) }
    guard record.policyTop >= 0, record.referenceTop >= 0 else { return [TextRun(nothing, .faint)] }
    let room = max(1, (columns - 5) / 2)
    let base = cut(name(record.referenceTop), to: room)
    let tuned = cut(name(record.policyTop), to: room)
    let isSame = record.policyTop == record.referenceTop
    return [
      TextRun(base, .reference), TextRun(" \(glyphs.marks.right) ", .faint),
      TextRun(tuned, isSame ? .text : .policy, bold: !isSame),
    ] + verdict
  }

  /// ` 83 →  41 % ✗  12 of 48 differ`: the share of right tokens, and with room how many have another top-1.
  private func topOfSequence(columns: Int) -> [TextRun] {
    let differing = TextRun(
      "\(record.differingRows) of \(record.rows) differ", record.differingRows > 0 ? .text : .faint)
    guard record.targets > 0 else {
      return DisplayWidth.of(differing.text) <= columns
        ? [differing] : [TextRun("\(record.differingRows) of \(record.rows)", differing.style)]
    }
    // In the new task a share that falls is told by its number; what is forgotten is of the others.
    let isLost = record.isBelowReference && !record.isOfNewTask
    let right = [
      TextRun(percent(record.referenceTokenAccuracy), .reference), TextRun(" \(glyphs.marks.right) ", .faint),
      TextRun(percent(record.tokenAccuracy), isLost ? .error : .policy, bold: isLost), TextRun(" %", .faint),
      TextRun(isLost ? " \(glyphs.marks.no)" : "  ", .error),
    ]
    let words = right + [TextRun("  "), differing]
    return words.columns <= columns ? words : right
  }

  private func percent(_ share: Double) -> String {
    DisplayWidth.pad(NumberText.fixed(100 * share, decimals: 0), to: 3, alignment: .right)
  }

  /// Whether the tuned model is right.
  private var verdict: [TextRun] {
    guard record.targets > 0 else { return [] }
    let isRight = record.correct == record.targets
    return [TextRun(isRight ? " \(glyphs.marks.yes)" : " \(glyphs.marks.no)", isRight ? .good : .error)]
  }

  private func name(_ index: Int32) -> String {
    ClassNames(classes: names, labels: [], glyphs: glyphs).text(Int(index))
  }

  private func count(_ value: UInt32, _ columns: Int) -> TextRun {
    TextRun(
      ValueText.step(Int(value), columns: columns, glyphs: glyphs), value == 0 ? .faint : .text)
  }

  private func firstForgotten(_ columns: Int) -> TextRun {
    record.firstForgotten.map {
      TextRun(ValueText.step($0, columns: columns, glyphs: glyphs), .warning, bold: true)
    } ?? TextRun(nothing, .faint)
  }
}

extension SampleRecord {
  /// How its margin is drawn: a wrong answer, one that is near flipping, or neither; of the new task nothing is lost.
  var marginRole: StyleRole {
    if isOfNewTask { return .text }
    let margin = Double(policyMargin)
    return margin < 0 ? .error : margin < Margin.near ? .warning : .text
  }
}
