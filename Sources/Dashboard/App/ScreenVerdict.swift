internal import CellCanvas
internal import Curves
internal import RunAnalysis
internal import RunFeed
internal import RunModel

/// What matters most of a run, in a word or two: the header ends with it, and it counts what the screen shows.
struct ScreenVerdict: Hashable {
  private(set) var forgotten = 0
  private(set) var errors = 0
  private(set) var warnings = 0
  private(set) var notes = 0
  /// Retention metrics that are clearly lower although nothing proves it.
  private(set) var lower = 0

  /// `nil` before there is anything to judge.
  init?(_ state: DashboardState) {
    guard !state.shown.isReading, !state.run.isLoading, state.shown.hasContent else { return nil }
    for finding in state.findings {
      switch (finding.code, finding.severity) {
      // What is over is only worth a note.
      case _ where finding.recoveredAt != nil: notes += 1
      case (.forgetting, _): forgotten += 1
      case (_, .error): errors += 1
      case (_, .warning): warnings += 1
      case (_, .note): notes += 1
      }
    }
    if state.shown.rejections.count > 0 { warnings += 1 }
    if !state.shown.restarts.isEmpty { notes += 1 }
    lower = state.unprovenDrops.count
  }

  /// The worst, with room for it everything; then the mark and the number of the worst alone.
  func texts(columns: Int, glyphs: GlyphSet) -> [TextRun] {
    let no = glyphs.isASCII ? "X" : String(glyphs.marks.no)
    let yes = glyphs.isASCII ? "ok" : String(glyphs.marks.yes)
    func count(_ number: Int, _ noun: String) -> String? {
      number == 0 ? nil : "\(number) \(noun)" + (number == 1 ? "" : "s")
    }
    let parts = [
      forgotten > 0 ? "\(forgotten) forgotten" : nil, count(errors, "error"),
      lower > 0 ? "\(lower) worse than before" : nil, count(warnings, "warning"), count(notes, "note"),
    ].compactMap(\.self)
    guard let worst = parts.first else {
      return ["\(yes) nothing found", yes].map { TextRun($0, .good, bold: true) }
    }
    let (mark, role): (String, StyleRole) =
      forgotten + errors > 0 ? (no, .error) : lower + warnings > 0 ? ("!", .warning) : ("i", .note)
    let said = columns >= Self.roomy ? parts.joined(separator: ", ") : worst
    return ["\(mark) \(said)", "\(mark) \(worst)", "\(mark)\(worst.prefix { $0 != " " })"].map {
      TextRun($0, role, bold: true)
    }
  }

  /// A header of this width has room for every count.
  private static let roomy = 160
}

extension DashboardState {
  /// Keys of retention metrics that are clearly lower than at the start, where no finding is about them or says that their
  /// set is forgotten.
  var unprovenDrops: [String] {
    let lower = runs.current.onScreen.outlook.lower
    guard !lower.isEmpty else { return [] }
    let findings = findings
    let told = Set(findings.compactMap(\.series))
    let forgotten = Set(
      findings.filter { $0.code == .forgetting }.compactMap { $0.series.flatMap { SetLooks.set(ofKey: $0) } })
    return lower.filter { key in
      !told.contains(key) && !(SetLooks.set(ofKey: key).map { forgotten.contains($0) } ?? false)
    }
  }
}
