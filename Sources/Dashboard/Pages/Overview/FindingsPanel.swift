internal import CellCanvas
internal import RunAnalysis
internal import RunModel

/// What a user should know about the run, worst first; maximised, with room for whole sentences.
enum FindingsPanel {
  static func draw(_ state: DashboardState, in rect: CellRect, of grid: inout CellGrid, context: DrawContext)
  {
    let lines = FindingLine.all(state, glyphs: context.glyphs)
    guard isList(state, in: rect) else {
      return drawStrip(lines, in: rect, state: state, of: &grid, context: context)
    }
    let x = PanelFrame.draw(.findings, state, in: rect, of: &grid, context: context)
    PanelFrame.drawInBorder(
      [FlexibleText([[TextRun("\(lines.count)", .faint)]])], in: rect, from: x, of: &grid)
    drawList(lines, in: rect.inset(), scroll: state.overview.scroll, of: &grid, context: context)
  }

  /// Maximised, with room for whole sentences.
  private static func isList(_ state: DashboardState, in rect: CellRect) -> Bool {
    state.overview.isMaximised && state.overview.focus == .findings && rect.rows > 4
  }

  /// Findings that can be scrolled away: all but the last.
  static func mostScroll(_ state: DashboardState, in rect: CellRect) -> Int {
    isList(state, in: rect) ? max(0, state.findingLines - 1) : 0
  }

  private static func drawStrip(
    _ lines: [FindingLine], in rect: CellRect, state: DashboardState, of grid: inout CellGrid,
    context: DrawContext
  ) {
    guard !lines.isEmpty else {
      guard ScreenVerdict(state) != nil else { return }
      let mark = context.glyphs.isASCII ? "" : "\(context.glyphs.marks.yes) "
      grid.write(mark + "no findings", x: rect.x + 1, y: rect.y, style: Style(.good))
      return
    }
    let isFocused = state.overview.focus == .findings
    for (index, line) in lines.prefix(rect.rows).enumerated() {
      let hidden = index == rect.rows - 1 ? lines.count - rect.rows : 0
      let more = hidden > 0 ? " +\(hidden) more: 6, Enter " : ""
      let y = rect.y + index
      let room = rect.columns - 2 - DisplayWidth.of(more)
      grid.write([TextRun("\(line.mark) ", line.role, bold: true)], x: rect.x + 1, y: y, maxColumns: room)
      let text = DisplayWidth.truncate(
        line.text, to: max(0, room - 2), ellipsis: context.glyphs.marks.ellipsis)
      grid.write(text, x: rect.x + 3, y: y, style: Style(isFocused ? .text : line.role), maxColumns: room - 2)
      grid.write(more, x: rect.maxX - DisplayWidth.of(more), y: y, style: .faint)
    }
  }

  private static func drawList(
    _ lines: [FindingLine], in rect: CellRect, scroll: Int, of grid: inout CellGrid, context: DrawContext
  ) {
    guard !lines.isEmpty else { return PanelFrame.drawMessage("no findings", in: rect, of: &grid) }
    var y = rect.y
    for line in lines.dropFirst(min(scroll, lines.count - 1)) where y < rect.maxY {
      grid.write(
        "\(line.mark) \(line.head)", x: rect.x + 1, y: y, style: Style(line.role, bold: true),
        maxColumns: rect.columns - 2)
      y += 1
      for part in TextWrap.lines(line.text, columns: rect.columns - 4) where y < rect.maxY {
        grid.write(part, x: rect.x + 3, y: y, maxColumns: rect.columns - 4)
        y += 1
      }
      y += 1
    }
  }
}

/// One thing to know, ready to be drawn.
struct FindingLine {
  var mark: Character
  var role: StyleRole
  /// Severity, code and how often.
  var head: String
  var text: String

  static func all(_ state: DashboardState, glyphs: GlyphSet) -> [FindingLine] {
    state.findings.map { FindingLine($0, glyphs: glyphs) } + lower(state, glyphs: glyphs)
      + notices(state, glyphs: glyphs)
  }

  private init(_ finding: Finding, glyphs: GlyphSet) {
    (mark, role) =
      switch finding.severity {
      case .error: (glyphs.isASCII ? "X" : glyphs.marks.no, .error)
      case .warning: ("!", .warning)
      case .note: ("i", .note)
      }
    let about = finding.series.map { "  \($0)" } ?? ""
    let times = finding.count == 1 ? "" : "  \(finding.count) times"
    head = Printable.text(
      "\(finding.severity.rawValue)  \(finding.code.rawValue)\(about)\(times)", glyphs: glyphs)
    text = Printable.sentence(finding.message, glyphs: glyphs)
  }

  private init(mark: Character, role: StyleRole, head: String, text: String) {
    self.mark = mark
    self.role = role
    self.head = head
    self.text = text
  }

  /// Metrics that are clearly lower than at the start and that no finding is about: a screen says so although nothing
  /// proves it.
  private static func lower(_ state: DashboardState, glyphs: GlyphSet) -> [FindingLine] {
    let run = state.shown
    return state.unprovenDrops.compactMap { key in
      guard let metric = run.retentionMetrics.first(where: { $0.name == key }),
        let standing = run.standing(of: metric)
      else { return nil }
      let change = RetentionText(glyphs: glyphs).change(
        standing.change, kind: metric.kind, isFraction: standing.isFraction)
      return FindingLine(
        mark: "!", role: .warning, head: Printable.text("worse than at the start  \(key)", glyphs: glyphs),
        text: Printable.sentence(
          "\(key) is worse than at the first evaluation: \(change); \(whyUnproven(metric.kind))",
          glyphs: glyphs))
    }
  }

  private static func whyUnproven(_ kind: RetentionMetric.Kind) -> String {
    kind == .accuracy
      ? "too few evaluations or answers to call it forgetting yet"
      : "only drops of accuracies are tested and called forgetting"
  }

  /// What happened to the file itself: lines that are no records, and restarts.
  private static func notices(_ state: DashboardState, glyphs: GlyphSet) -> [FindingLine] {
    var lines: [FindingLine] = []
    let rejections = state.shown.rejections
    if let first = rejections.listed.first {
      let count = rejections.count == 1 ? "1 line" : "\(rejections.count) lines"
      lines.append(
        FindingLine(
          mark: "!", role: .warning, head: "warning  rejected lines  \(rejections.count)",
          text: Printable.sentence(
            "\(count) of the log rejected, the first is \(first.place): \(first.reason)", glyphs: glyphs))
      )
    }
    let restarts = state.shown.restarts
    if !restarts.isEmpty {
      lines.append(
        FindingLine(
          mark: glyphs.marks.event, role: .note, head: "note  restarts  \(restarts.count)",
          text: Printable.sentence(
            RestartText.sentence(restarts, keepsBranches: state.shown.keepsAbandonedBranches), glyphs: glyphs)
        ))
    }
    return lines
      + state.shown.stepNotes.map { note in
        FindingLine(
          mark: "i", role: .note, head: "note  \(note.kind.rawValue)",
          text: Printable.sentence(note.message, glyphs: glyphs))
      }
  }
}

extension DashboardState {
  /// Lines the findings would fill.
  var findingLines: Int {
    findings.count + unprovenDrops.count + (shown.rejections.count > 0 ? 1 : 0)
      + (shown.restarts.isEmpty ? 0 : 1) + shown.stepNotes.count
  }
}

/// What is said of the places where a run went back, or its file began anew.
enum RestartText {
  /// The latest ones, and how many there were before them.
  static func sentence(_ restarts: [Restart], keepsBranches: Bool) -> String {
    let listed = restarts.suffix(mostListed).map(event)
    let earlier = restarts.count - listed.count
    let events = (earlier > 0 ? ["\(earlier) earlier"] : []) + listed
    let branch = keepsBranches ? "; the old branch is dimmed, b hides it" : ""
    return events.joined(separator: ", then ") + branch
  }

  /// More than these make no sentence.
  private static let mostListed = 4

  private static func event(_ restart: Restart) -> String {
    // A run that goes back starts at a step it has been at; anything else is another file.
    restart.toStep > restart.fromStep
      ? "the file was replaced or truncated after step \(restart.fromStep), goes on at \(restart.toStep)"
      : "run went back from step \(restart.fromStep) to \(restart.toStep) (\(restart.place))"
  }
}

extension RunModel {
  /// True where a restart replaced points that are still drawn.
  var keepsAbandonedBranches: Bool {
    series.contains { !$0.abandoned.isEmpty } || divergences.values.contains { !$0.abandoned.isEmpty }
      || estimates.values.contains { !$0.abandoned.isEmpty }
  }
}
