internal import CellCanvas
internal import RunAnalysis
internal import RunModel

/// Retention metrics against their start and their best, then their means and the budgets, a line for each.
struct RetentionTable {
  private(set) var lines: [[TextRun]] = []

  /// - Parameter columns: of a line.
  init(_ analysed: AnalysedRun, columns: Int, glyphs: GlyphSet) {
    let run = analysed.model
    let standings = run.retentionMetrics.compactMap { run.standing(of: $0) }
    if !standings.isEmpty {
      lines = RetentionRows(standings: standings, looks: SetLooks(run), glyphs: glyphs).lines(in: columns)
    }
    lines += ForgettingAverage.all(of: standings).flatMap { Self.lines(of: $0, in: columns, glyphs: glyphs) }
    lines += BudgetText(glyphs: glyphs).lines(of: analysed).map {
      FlexibleText.line([$0], in: columns, gap: 0)
    }
  }

  /// Two measures that are easily taken for each other, so both say what is taken from what.
  private static func lines(of average: ForgettingAverage, in columns: Int, glyphs: GlyphSet) -> [[TextRun]] {
    let text = RetentionText(glyphs: glyphs)
    let minus = glyphs.marks.minus
    let tasks = "mean of \(average.tasks) \(RetentionText.word(average.kind)) tasks"
    func line(_ name: String, _ value: Double, isWorse: Bool, _ formula: String, _ source: String)
      -> [TextRun]
    {
      let number = TextRun(
        text.change(value, kind: average.kind, isFraction: average.isFraction),
        Style(value == 0 ? .text : isWorse ? .error : .good, bold: true))
      let start = [TextRun(name + "  "), number]
      return FlexibleText.line(
        [
          FlexibleText([
            start + [TextRun("  \(formula), \(tasks) (\(source))", .faint)],
            start + [TextRun("  \(formula), \(tasks)", .faint)], start + [TextRun("  \(formula)", .faint)],
          ])
        ], in: columns, gap: 0)
    }
    let isHigherBetter = average.kind.isHigherBetter
    let forgetting = average.averageForgetting.map {
      line(
        "average forgetting", $0, isWorse: $0 > 0,
        isHigherBetter ? "best before \(minus) now" : "now \(minus) best before", "Chaudhry et al. 2018")
    }
    return [forgetting].compactMap(\.self) + [
      line(
        "backward transfer", average.backwardTransfer, isWorse: average.backwardTransfer < 0,
        isHigherBetter ? "now \(minus) start" : "start \(minus) now", "Lopez-Paz & Ranzato 2017")
    ]
  }
}

/// The metrics in columns; where they do not fit, the least important are left out.
struct RetentionRows {
  var standings: [RetentionStanding]
  var looks: SetLooks
  var glyphs: GlyphSet

  /// The mark of the set and a blank.
  private static let markColumns = 2

  private struct Column {
    var title: String
    /// Those with the highest number go first.
    var rank: Int
    var cell: (RetentionStanding) -> TextRun
  }

  func lines(in columns: Int) -> [[TextRun]] {
    let names = standings.map { DisplayWidth.truncate(name(of: $0), to: 32, ellipsis: glyphs.marks.ellipsis) }
    let nameColumns = max(Self.leastName, names.map { DisplayWidth.of($0) }.max() ?? 0)
    for isShort in [false, true] {
      for rank in stride(from: 4, through: isShort ? 0 : 3, by: -1) {
        let shown = self.columns(isShort: isShort).filter { $0.rank <= rank }
        let widths = shown.map { width(of: $0) }
        let used = Self.markColumns + nameColumns + widths.reduce(0) { $0 + $1 + Self.gap }
        if used <= columns { return lines(names, nameColumns: nameColumns, shown, widths) }
      }
    }
    return leastLines(names, in: columns)
  }

  /// As many of the numbers as fit beside the first letters of the names: without its end a number is another one.
  private func leastLines(_ names: [String], in columns: Int) -> [[TextRun]] {
    var room = columns - Self.markColumns - Self.leastName
    let shown = self.columns(isShort: true).filter { $0.rank == 0 }.prefix { column in
      room -= width(of: column) + Self.gap
      return room >= 0
    }
    let widths = shown.map { width(of: $0) }
    let nameColumns = max(
      Self.leastName, columns - Self.markColumns - widths.reduce(0) { $0 + $1 + Self.gap })
    let cut = names.map { DisplayWidth.truncate($0, to: nameColumns, ellipsis: glyphs.marks.ellipsis) }
    return lines(cut, nameColumns: nameColumns, Array(shown), widths)
  }

  private static let leastName = DisplayWidth.of(nameTitle)
  private static let nameTitle = "metric"

  private static let gap = 2

  private func lines(_ names: [String], nameColumns: Int, _ shown: [Column], _ widths: [Int]) -> [[TextRun]] {
    func line(_ name: TextRun, mark: CurveLook? = nil, _ cells: [TextRun]) -> [TextRun] {
      [
        mark.map { TextRun("\($0.mark) ", $0.style) } ?? TextRun("  "),
        TextRun(DisplayWidth.pad(name.text, to: nameColumns), name.style),
      ]
        + zip(cells, widths).map { cell, width in
          TextRun(DisplayWidth.pad(cell.text, to: width + Self.gap, alignment: .right), cell.style)
        }
    }
    let head = line(TextRun(Self.nameTitle, .faint), shown.map { TextRun($0.title, .faint) })
    return [head]
      + zip(standings, names).map { standing, name in
        line(
          TextRun(name, Style(standing.metric.isOld ? .title : .text)),
          mark: looks.look(ofSet: SetLooks.set(ofKey: standing.metric.name), glyphs: glyphs),
          shown.map { $0.cell(standing) })
      }
  }

  private func width(of column: Column) -> Int {
    standings.reduce(DisplayWidth.of(column.title)) { max($0, DisplayWidth.of(column.cell($1).text)) }
  }

  private func name(of standing: RetentionStanding) -> String {
    Printable.text(RetentionText.label(standing.metric), glyphs: glyphs)
  }

  private func columns(isShort: Bool) -> [Column] {
    let minus = glyphs.marks.minus
    return [
      Column(title: "start", rank: 1) { TextRun(value($0.start.value, of: $0), .faint) },
      Column(title: "best so far", rank: 3) { best($0, isShort: isShort) },
      Column(title: "now", rank: 0) { TextRun(now($0), .text, bold: true) },
      Column(title: "now \(minus) start", rank: 0) { standing in
        TextRun(change(standing.change, standing, isShort), RetentionText.role(standing), bold: true)
      },
      Column(title: "relative", rank: 4) { standing in
        TextRun(relative(standing), RetentionText.role(standing))
      },
      Column(title: "now \(minus) best", rank: 2) { standing in
        TextRun(standing.sinceBest.map { change($0, standing, isShort) } ?? dash, .text)
      },
    ]
  }

  private var dash: String { glyphs.isASCII ? "-" : "–" }

  private func value(_ value: Double, of standing: RetentionStanding) -> String {
    guard standing.isFraction, value.isFinite else { return ValueText.short(value, glyphs: glyphs) }
    return NumberText.fixed(value, decimals: 3)
  }

  private func now(_ standing: RetentionStanding) -> String {
    let error = standing.standardError.map {
      " \(glyphs.marks.plusMinus)\(ValueText.short($0, significant: 2, glyphs: glyphs))"
    }
    return value(standing.now.value, of: standing) + (error ?? "")
  }

  private func best(_ standing: RetentionStanding, isShort: Bool) -> TextRun {
    guard let best = standing.best else { return TextRun(dash, .faint) }
    let step = isShort ? "" : " at \(best.step)"
    return TextRun(value(best.value, of: standing) + step, .faint)
  }

  private func change(_ value: Double, _ standing: RetentionStanding, _ isShort: Bool) -> String {
    RetentionText(glyphs: glyphs).change(
      value, kind: standing.metric.kind, isFraction: standing.isFraction, isShort: isShort)
  }

  /// In percent; of what grew more than tenfold, how many times it is now.
  private func relative(_ standing: RetentionStanding) -> String {
    guard let change = standing.relativeChange, change.isFinite else { return dash }
    if change > 9 { return (glyphs.isASCII ? "x" : "×") + NumberText.short(change + 1) }
    return ValueText.signed(change * 100, decimals: 1, glyphs: glyphs) + " %"
  }
}

/// What became of budgets, a line for each.
struct BudgetText {
  var glyphs: GlyphSet

  func lines(of run: AnalysedRun) -> [FlexibleText] {
    run.analysis.budgets.flatMap { budget in
      let standings = run.model.standings(to: budget)
      return standings.isEmpty ? [missing(budget)] : standings.map { line($0) }
    }
  }

  private func missing(_ budget: Budget) -> FlexibleText {
    let text = Printable.text(budget.text, glyphs: glyphs)
    let name = text.prefix { $0 != "=" }
    return FlexibleText([
      [
        TextRun("budget \(text)  ", .faint),
        TextRun("waits for \(name), which this log does not have", .warning),
      ],
      [TextRun("\(text) ", .faint), TextRun("waits for \(name)", .warning)],
    ])
  }

  private func line(_ standing: BudgetStanding) -> FlexibleText {
    let text = Printable.text(standing.budget.text, glyphs: glyphs)
    let name = Printable.text(standing.name, glyphs: glyphs)
    let sign = standing.isUpper ? "above" : "below"
    let limit = "\(sign) \(ValueText.short(standing.level, glyphs: glyphs))"
    let role = role(standing.outlook)
    let result = TextRun(standing.outlookText, role, bold: role != .text)
    return FlexibleText([
      [TextRun("budget \(text)  ", .faint), TextRun("\(name) \(limit): "), result],
      [TextRun("\(text)  ", .faint), TextRun("\(name): "), result], [TextRun("\(text) ", .faint), result],
    ])
  }

  private func role(_ outlook: BudgetStanding.Outlook) -> StyleRole {
    switch outlook {
    case .crossed: .error
    case .expected, .noDate: .warning
    case .notAtThisRate: .good
    case .tooFewPoints: .text
    }
  }
}
