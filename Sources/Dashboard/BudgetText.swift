internal import CellCanvas
internal import RunAnalysis
internal import RunModel

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
    return FlexibleText([
      [TextRun("budget \(text)  ", .faint), TextRun("nothing in this log is called so yet", .warning)],
      [TextRun("\(text) ", .faint), TextRun("not in this log", .warning)],
    ])
  }

  private func line(_ standing: BudgetStanding) -> FlexibleText {
    let text = Printable.text(standing.budget.text, glyphs: glyphs)
    let name = Printable.text(standing.name, glyphs: glyphs)
    let sign = standing.isUpper ? "above" : "below"
    let limit = "\(sign) \(ValueText.short(standing.level, glyphs: glyphs))"
    let (outlook, role) = outlook(standing.outlook)
    let result = TextRun(outlook, role, bold: role != .text)
    return FlexibleText([
      [TextRun("budget \(text)  ", .faint), TextRun("\(name) \(limit): "), result],
      [TextRun("\(text)  ", .faint), TextRun("\(name): "), result], [TextRun("\(text) ", .faint), result],
    ])
  }

  private func outlook(_ outlook: BudgetStanding.Outlook) -> (String, StyleRole) {
    switch outlook {
    case .crossed(let step, let isBack):
      (isBack ? "crossed at step \(step), now within it again" : "already crossed at step \(step)", .error)
    case .expected(let step, let earliest, let latest?):
      ("at step \(step) at this rate (95 %: \(earliest) to \(latest))", .warning)
    case .expected(let step, let earliest, nil):
      ("at step \(step) at this rate (95 %: \(earliest) or later, perhaps never)", .warning)
    case .notAtThisRate: ("not at this rate", .good)
    case .tooFewPoints: ("too few points for a rate", .text)
    }
  }
}
