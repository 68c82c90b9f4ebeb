internal import CellCanvas
internal import Divergence
internal import RunAnalysis
internal import RunFeed
internal import RunLog
internal import RunModel

/// What became of the retention sets in a sentence each, and which checkpoint to keep.
struct VerdictText {
  private(set) var lines: [[TextRun]] = []

  /// - Parameters:
  ///   - columns: of a line.
  ///   - most: lines; the advice has the last ones.
  init(_ state: DashboardState, columns: Int, most: Int, glyphs: GlyphSet) {
    let advice = state.runs.current.onScreen.checkpointAdvice
    let findings = state.findings.filter { $0.code == .forgetting || $0.code == .retentionLossRises }
    var sentences = findings.map { finding in
      let isOver = finding.recoveredAt != nil
      let role: StyleRole = isOver ? .note : finding.severity == .note ? .note : .error
      let mark =
        isOver ? "i" : finding.severity == .note ? "i" : glyphs.isASCII ? "X" : String(glyphs.marks.no)
      // What to do follows in the advice.
      let message = advice == nil ? finding.message : Self.withoutAdvice(finding.message)
      return Self.wrapped(mark, message, role, columns: columns, glyphs: glyphs)
    }
    if sentences.isEmpty { sentences = [Self.nothing(state, columns: columns, glyphs: glyphs)] }
    let keep = Self.advice(advice, state, columns: columns, glyphs: glyphs)
    let room = max(1, most - min(keep.count, max(1, most / 2)))
    for sentence in sentences where lines.count + sentence.count <= room { lines += sentence }
    if lines.isEmpty, let first = sentences.first { lines = Self.cut(first, to: room, columns, glyphs) }
    lines += Self.cut(keep, to: max(0, most - lines.count), columns, glyphs)
  }

  /// The first lines; the last of them says that there are more.
  private static func cut(
    _ lines: [[TextRun]], to count: Int, _ columns: Int, _ glyphs: GlyphSet
  ) -> [[TextRun]] {
    var shown = Array(lines.prefix(count))
    guard shown.count < lines.count, let end = shown.last?.last else { return shown }
    let room = columns - shown[shown.count - 1].dropLast().columns
    let text = DisplayWidth.truncate(
      end.text + String(repeating: " ", count: room),
      to: max(1, min(room, DisplayWidth.of(end.text) + DisplayWidth.of(glyphs.marks.ellipsis))),
      ellipsis: glyphs.marks.ellipsis)
    shown[shown.count - 1][shown[shown.count - 1].count - 1].text = text
    return shown
  }

  private static func withoutAdvice(_ message: String) -> String {
    message.split(separator: ": the model forgets", maxSplits: 1).first.map(String.init) ?? message
  }

  private static func nothing(_ state: DashboardState, columns: Int, glyphs: GlyphSet) -> [[TextRun]] {
    guard state.shown.retentionMetrics.contains(where: { $0.setKind != .new }) else {
      return wrapped(
        "i", "no retention set is evaluated: nothing can tell what is forgotten (log eval/old/accuracy)",
        .note,
        columns: columns, glyphs: glyphs)
    }
    let drops = state.unprovenDrops
    guard let first = drops.first else {
      let yes = glyphs.isASCII ? "ok" : String(glyphs.marks.yes)
      return wrapped(yes, "no retention metric fell clearly", .good, columns: columns, glyphs: glyphs)
    }
    let more = drops.count > 1 ? " and \(drops.count - 1) more" : ""
    return wrapped(
      "!", "\(first)\(more): worse than at the first evaluation, and too little evidence for a verdict",
      .warning,
      columns: columns, glyphs: glyphs)
  }

  private static func advice(
    _ advice: CheckpointAdvice?, _ state: DashboardState, columns: Int, glyphs: GlyphSet
  ) -> [[TextRun]] {
    if let advice {
      return wrapped(
        String(glyphs.marks.keep), advice.sentence, .text, columns: columns, glyphs: glyphs)
    }
    let saved = state.shown.checkpoints.count
    let text =
      saved == 0
      ? "which checkpoint to keep: needs evaluations of a retention set and of the new task (--retention, --new say which is which)"
      : "\(saved) checkpoints saved; which to keep needs evaluations of a retention set and of the new task (--retention, --new)"
    return wrapped("i", text, .faint, columns: columns, glyphs: glyphs)
  }

  /// A mark, and a text in as many lines as it needs behind it.
  private static func wrapped(
    _ mark: String, _ text: String, _ role: StyleRole, columns: Int, glyphs: GlyphSet
  ) -> [[TextRun]] {
    let indent = DisplayWidth.of(mark) + 1
    let printable = Printable.sentence(text, glyphs: glyphs)
    let lines = TextWrap.lines(printable, columns: max(1, columns - indent))
    return lines.enumerated().map { index, line in
      let start = index == 0 ? mark + " " : String(repeating: " ", count: indent)
      // Of an error the mark alone is loud.
      return [
        TextRun(start, role, bold: true), TextRun(line, role == .error ? .text : role, bold: role == .error),
      ]
    }
  }
}

/// The checkpoints of a run in columns: what each gained on the new task, what it lost, how far it had drifted.
struct CheckpointTable {
  var advice: CheckpointAdvice
  var run: RunModel
  var direction: DivergenceDirection
  /// Places of the candidates that are shown: of very many a few have room.
  var shown: Range<Int>
  var glyphs: GlyphSet

  private struct Column {
    var title: String
    /// Those with the highest number go first.
    var rank: Int
    var isLeft = false
    var cell: (Int) -> [TextRun]
  }

  private static let gap = 2

  /// Heading and a line for each checkpoint that is shown.
  func lines(in columns: Int) -> (heading: [TextRun], rows: [[TextRun]]) {
    let all = self.columns
    for rank in stride(from: 9, through: 0, by: -1) {
      let shown = all.filter { $0.rank <= rank }
      let widths = shown.map { width(of: $0) }
      let used = widths.reduce(0, +) + Self.gap * max(0, shown.count - 1)
      if used <= columns || rank == 0 { return lines(shown, widths) }
    }
    return ([], [])
  }

  private func width(of column: Column) -> Int {
    shown.reduce(DisplayWidth.of(column.title)) { max($0, column.cell($1).columns) }
  }

  private func lines(_ shown: [Column], _ widths: [Int]) -> (heading: [TextRun], rows: [[TextRun]]) {
    func line(_ cells: [[TextRun]]) -> [TextRun] {
      var runs: [TextRun] = []
      for (index, cell) in cells.enumerated() {
        let blank = TextRun(String(repeating: " ", count: max(0, widths[index] - cell.columns)))
        if index > 0 { runs.append(TextRun(String(repeating: " ", count: Self.gap))) }
        runs += shown[index].isLeft ? cell + [blank] : [blank] + cell
      }
      return runs
    }
    return (
      line(shown.map { [TextRun($0.title, .faint)] }),
      self.shown.map { index in line(shown.map { $0.cell(index) }) }
    )
  }

  private var columns: [Column] {
    let first = advice.candidates[0]
    var columns = [
      Column(title: "", rank: 0) { [mark($0)] },
      Column(title: "step", rank: 0) { index in
        let candidate = advice.candidates[index]
        return [TextRun("\(candidate.checkpoint.step)", .text, bold: index == advice.keep)]
      },
    ]
    for (place, value) in first.retention.enumerated() {
      columns.append(
        Column(title: title(value.metric), rank: place == 0 ? 0 : 5) { index in
          cell(advice.candidates[index].retention[place], isRetention: true)
        })
    }
    for (place, value) in first.new.enumerated() {
      columns.append(
        Column(title: title(value.metric), rank: place == 0 ? 0 : 6) { index in
          cell(advice.candidates[index].new[place], isRetention: false)
        })
    }
    columns += divergences
    columns.append(Column(title: "", rank: 2, isLeft: true) { remark($0) })
    return columns
  }

  private func title(_ metric: RetentionMetric) -> String {
    // The set alone where that is clear, and what is measured.
    let label = advice.label(metric)
    let name =
      label == metric.name
      ? RetentionText.label(metric) : label + " " + (advice.unit == .share ? "accuracy" : "loss")
    return Printable.text(name, glyphs: glyphs)
  }

  private func mark(_ index: Int) -> TextRun {
    let candidate = advice.candidates[index]
    if index == advice.keep { return TextRun(String(glyphs.marks.keep), .good, bold: true) }
    return candidate.isUnbeaten ? TextRun(String(glyphs.marks.silent), .good) : TextRun(" ")
  }

  /// `0.919  −8.1`, with a cross where it lost more than its budget.
  private func cell(_ value: CheckpointAdvice.Value, isRetention: Bool) -> [TextRun] {
    let change = advice.unit == .share ? value.gain : isRetention ? -value.gain : value.gain
    let isOver = isRetention && value.gain < -Self.limit(advice.unit)
    let role: StyleRole = isOver ? .error : value.gain < 0 ? .text : .good
    let number = ValueText.withMinus(advice.number(value.value), glyphs: glyphs)
    let signed = Printable.sentence(advice.change(change), glyphs: glyphs)
    let cross = glyphs.isASCII ? "X" : String(glyphs.marks.no)
    return [
      TextRun(number + "  "), TextRun(DisplayWidth.pad(signed, to: 6, alignment: .right), role),
    ] + (isRetention ? [TextRun(isOver ? " " + cross : "  ", .error, bold: true)] : [])
  }

  /// What may be lost without a cross: 5 points, 0.1 nats.
  private static func limit(_ unit: CheckpointAdvice.Unit) -> Double { (unit == .share ? 0.05 : 0.1) + 1e-9 }

  /// The divergence of each set at the evaluation nearest to the checkpoint.
  private var divergences: [Column] {
    let tracks = run.divergences.values.filter { $0.probe.phase == .eval && !$0.points.isEmpty }
      .sorted { order($0.probe) < order($1.probe) }
    return tracks.prefix(3).enumerated().map { place, track in
      let set = Printable.text(track.probe.set ?? track.probe.phaseName, glyphs: glyphs)
      return Column(title: "D \(set)", rank: place == 0 ? 3 : 4) { index in
        let step = advice.candidates[index].checkpoint.step
        let value = track.nearestPoint(to: step)?.statistics(direction).mean
        return [TextRun(value.map { ValueText.short($0, glyphs: glyphs) } ?? ValueText.absent(glyphs), .text)]
      }
    }
  }

  private func order(_ probe: ProbeKey) -> String {
    let kind = probe.set.map { run.setKind(ofSet: $0) } ?? .unknown
    return (kind == .retention ? "0" : kind == .unknown ? "1" : "2") + (probe.set ?? "")
  }

  private func remark(_ index: Int) -> [TextRun] {
    let candidate = advice.candidates[index]
    var words: [String] = []
    if index == advice.bestBalance { words.append("best balance") }
    if index == advice.withinBudget { words.append("best within budget") }
    if candidate.checkpoint.isTrainersBest { words.append("trainer's best") }
    if candidate.evaluationStep != candidate.checkpoint.step {
      words.append("evaluated at \(candidate.evaluationStep)")
    }
    return [TextRun(words.joined(separator: ", "), .note)]
  }
}

extension DivergenceTrack {
  /// The evaluation nearest to a step.
  fileprivate func nearestPoint(to step: Int) -> StepDivergence? {
    let before = point(at: step)
    let next = upperBound(step)
    let after = next < points.endIndex ? points[next] : nil
    guard let before else { return after }
    guard let after else { return before }
    return Double(step) - Double(before.step) <= Double(after.step) - Double(step) ? before : after
  }
}
