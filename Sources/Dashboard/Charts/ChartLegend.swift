internal import CellCanvas

/// What a curve is called and where it stands now, in texts of several lengths; a curve is never left without its name.
struct LegendEntry: Sendable {
  /// With the present value, the longest first.
  var valued: [[TextRun]]
  /// Mark and name alone.
  var bare: [TextRun]

  /// `● loss 0.21`.
  ///
  /// - Parameters:
  ///   - details: texts that may stand behind the value, the longest first; without any of them is the shortest.
  init(
    mark: Character, label: String, value: Double?, style: Style, details: [[TextRun]] = [], glyphs: GlyphSet
  ) {
    // Of a steady width, or everything behind it would move with every step.
    let text = value.map { ValueText.short($0, glyphs: glyphs) } ?? ValueText.absent(glyphs)
    let number = TextRun(DisplayWidth.pad(text, to: 5), Style(style.role, bold: true))
    let sign = TextRun("\(mark) ", style)
    let printable = Printable.text(label, glyphs: glyphs)
    let long = Self.shortened(printable, to: Self.longLabel, glyphs: glyphs)
    let short = Self.shortened(printable, glyphs: glyphs)
    let named = [sign, TextRun(long + " "), number]
    valued = details.map { named + $0 } + [named]
    if short != long { valued.append([sign, TextRun(short + " "), number]) }
    bare = [sign, TextRun(short)]
  }

  /// Columns of a shortened label.
  static let shortLabel = 12
  /// No screen has room for more beside a value.
  private static let longLabel = 240

  /// A long label without its middle.
  static func shortened(_ label: String, to columns: Int = shortLabel, glyphs: GlyphSet) -> String {
    DisplayWidth.truncateMiddle(label, to: columns, ellipsis: glyphs.marks.ellipsis)
  }

  init(valued: [[TextRun]], bare: [TextRun]) {
    self.valued = valued
    self.bare = bare
  }

  /// With its value, however narrow.
  var withValue: FlexibleText { FlexibleText(valued) }

  /// Without its value where it has to be.
  var flexible: FlexibleText { FlexibleText(valued + [bare]) }
}

/// Where the legend of a chart goes: into the border as far as there is room, the rest into a row of its own.
struct ChartLegend {
  var axis: FlexibleText
  var entries: [LegendEntry]
  var notes: [FlexibleText]

  /// The border's text and, where all of the legend does not fit beside the axis, a line below it.
  ///
  /// - Parameters:
  ///   - border: columns free in the border.
  ///   - row: columns of the line below, `nil` where there is no room for one.
  func lines(border: Int, row: Int?) -> (border: [TextRun], row: [TextRun]?) {
    let valued = entries.map(\.withValue)
    if let all = FlexibleText.fitting([axis] + valued + notes, in: border, gap: 2) { return (all, nil) }
    guard let row else {
      let flexible = entries.map(\.flexible) + notes
      if let all = FlexibleText.fitting([unit] + flexible, in: border, gap: 2, givingWay: .leastShortened) {
        return (all, nil)
      }
      return (FlexibleText.line(flexible, in: border, gap: 2, givingWay: .leastShortened), nil)
    }
    for count in stride(from: entries.count - 1, through: 0, by: -1) {
      guard let runs = FlexibleText.fitting(valued.prefix(count) + notes, in: border, gap: 2) else {
        continue
      }
      return (runs, Self.line(entries.dropFirst(count), after: unit, in: row))
    }
    return ([], Self.line(entries, after: unit, in: row))
  }

  /// The axis in a form that is never left out: without a unit numbers say nothing.
  private var unit: FlexibleText {
    let texts = axis.variants.filter { !$0.isEmpty }
    return FlexibleText(texts.isEmpty ? [[]] : texts)
  }

  /// A line of legend: the first curve keeps its value, and what has no room is counted.
  static func line(_ entries: some Sequence<LegendEntry>, after axis: FlexibleText, in columns: Int)
    -> [TextRun]
  {
    let entries = Array(entries)
    for count in stride(from: entries.count, to: 0, by: -1) {
      let texts = [axis, entries[0].withValue] + entries[1..<count].map(\.flexible)
      let hidden = entries.count - count
      let more = hidden > 0 ? [FlexibleText([[TextRun("+\(hidden)", .faint)]])] : []
      if let runs = FlexibleText.fitting(texts + more, in: columns, gap: 2) { return runs }
    }
    return FlexibleText.line([axis] + entries.map(\.flexible), in: columns, gap: 2)
  }
}
