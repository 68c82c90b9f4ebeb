internal import CellCanvas
internal import Curves
internal import RunAnalysis
internal import RunFeed
internal import RunModel

/// The position bar of a replay: where it stands, how it plays, and marks for what happened.
enum TransportView {
  static func draw(_ state: DashboardState, in rect: CellRect, of grid: inout CellGrid, context: DrawContext)
  {
    guard let replay = state.replay else { return }
    let glyphs = context.glyphs
    let bar = TransportBar(state, in: rect)
    let sign = replay.isPlaying ? glyphs.marks.playing : glyphs.marks.paused
    let left = " \(sign) \(SourceText.speed(replay, glyphs: glyphs))\(bar.left)"
    grid.write(left, x: rect.x, y: rect.y, style: Style(.text, bold: true), maxColumns: rect.columns)
    grid.write(bar.right, x: rect.maxX - DisplayWidth.of(bar.right), y: rect.y)
    guard bar.columns > 2 else { return }
    grid.horizontalLine(x: bar.x, y: rect.y, columns: bar.columns, style: .faint, glyphs: glyphs)
    let position = bar.window.column(ofStep: state.step)
    for mark in TransportMark.allCases {
      let columns = mark.columns(of: state.runs.current.live, in: bar.window)
      // As many marks as columns say nothing.
      guard mark != .evaluation || columns.count * 2 <= bar.columns else { continue }
      for column in columns where (0..<bar.columns).contains(column) {
        grid.set(
          x: bar.x + column, y: rect.y, Cell(glyph: mark.glyph(glyphs), style: Style(mark.role)))
      }
    }
    grid.restyle(CellRect(x: bar.x, y: rect.y, columns: position, rows: 1)) { style in
      Style(.selection, bold: style.role != .faint)
    }
    grid.set(
      x: bar.x + position, y: rect.y, Cell(glyph: glyphs.marks.live, style: Style(.selection, bold: true)))
  }
}

/// What happened at a step, the rarest last: where several fall into a column, that one is seen.
enum TransportMark: CaseIterable {
  case evaluation
  case restart
  case finding

  func glyph(_ glyphs: GlyphSet) -> Character {
    switch self {
    case .evaluation: glyphs.box.teeUp
    case .restart: glyphs.marks.event
    case .finding: "!"
    }
  }

  var role: StyleRole {
    switch self {
    case .evaluation: .note
    case .restart: .warning
    case .finding: .error
    }
  }

  var name: String {
    switch self {
    case .evaluation: "evaluation"
    case .restart: "restart"
    case .finding: "finding"
    }
  }

  /// The columns of the bar that have one; of the whole run, for the bar is there to go to them.
  func columns(of run: AnalysedRun, in window: CurveWindow) -> Set<Int> {
    switch self {
    case .evaluation: run.model.evaluationColumns(window)
    case .restart: Set(run.model.restarts.map { window.column(ofStep: $0.toStep) })
    case .finding: Set(run.findings().map { window.column(ofStep: $0.step) })
    }
  }
}

/// Where the bar lies in its line; arithmetic only.
struct TransportBar {
  /// Behind speed and sign.
  var left: String
  var right: String
  var x: Int
  var columns: Int
  private var steps: ClosedRange<Int>

  init(_ state: DashboardState, in rect: CellRect) {
    steps = state.steps
    let replay = state.replay ?? ReplayPlayer()
    let pace = Self.pace(of: replay, run: state.run, isShort: rect.columns < 100)
    // Of a steady width, or the bar would move under the mouse.
    let last = "\(steps.upperBound)"
    let digits = max(last.count, "\(steps.lowerBound)".count)
    left = "\(pace)  step \(DisplayWidth.pad("\(state.step)", to: digits, alignment: .right)) of \(last) "
    let share = ReplayPosition.share(of: state.step, in: steps)
    let unit = rect.columns >= 60 ? "  by \(replay.jumpUnit.rawValue)" : ""
    let percent = DisplayWidth.pad("\(Int((share * 100).rounded()))", to: 3, alignment: .right)
    right = "\(unit) \(percent) % "
    // The sign and the speed with a blank around them.
    let leading = 3 + DisplayWidth.of(SourceText.speed(replay, glyphs: .braille)) + DisplayWidth.of(left)
    x = rect.x + leading
    columns = max(0, rect.columns - leading - DisplayWidth.of(right))
  }

  var window: CurveWindow {
    CurveWindow(firstStep: steps.lowerBound, lastStep: steps.upperBound, columns: columns)
  }

  func contains(x: Int) -> Bool { x >= self.x && x < self.x + columns }

  /// The step at a column of the screen; beyond the ends of the bar that of the end.
  func step(atX x: Int) -> Int {
    ReplayPosition.step(atShare: Double(x - self.x) / Double(max(1, columns - 1)), of: steps)
  }

  private static func pace(of replay: ReplayPlayer, run: RunModel, isShort: Bool) -> String {
    guard replay.pace == .recorded else { return "" }
    if !run.hasTimes { return isShort ? " no times" : " by steps: the log has no times" }
    return isShort ? " rec" : " as recorded"
  }
}

extension DashboardState {
  /// The mouse takes the position of a replay along, from where it is pressed to where it is let go.
  mutating func dragPosition(_ event: MouseEvent, in rect: CellRect) {
    let bar = TransportBar(self, in: rect)
    switch event.kind {
    case .press, .doubleClick:
      guard bar.contains(x: event.x) else { return }
      replay?.isDragged = true
    case .release where replay?.isDragged == true: replay?.isDragged = false
    case .wheelUp: return jump(isForward: false)
    case .wheelDown: return jump(isForward: true)
    case .release: return
    }
    seek(to: bar.step(atX: event.x))
  }
}

extension Prompt {
  /// Asks where a replay should go.
  static let goTo = Prompt(
    label: "go to", help: "a step, 35%, start or end",
    accepted: { state, text, _ in
      guard let step = ReplayPosition.step(text, in: state.steps) else {
        return "write a step such as 1200, a percentage such as 35%, start or end"
      }
      state.seek(to: step)
      return nil
    })
}

/// A place in a run as a user writes it.
enum ReplayPosition {
  /// The step that is meant; `nil` for what is no place. A step beyond an end is that end.
  static func step(_ text: String, in steps: ClosedRange<Int>) -> Int? {
    let word = text.lowercased().filter { $0 != " " && $0 != "_" && $0 != "," }
    if word == "start" || word == "begin" { return steps.lowerBound }
    if word == "end" { return steps.upperBound }
    if word.hasSuffix("%") {
      guard let percent = Double(word.dropLast()), (0...100).contains(percent) else { return nil }
      return step(atShare: percent / 100, of: steps)
    }
    return Int(word).map { min(max($0, steps.lowerBound), steps.upperBound) }
  }

  /// - Parameter share: 0 is the first step, 1 the last.
  static func step(atShare share: Double, of steps: ClosedRange<Int>) -> Int {
    let step = Int(nearest: Double(steps.lowerBound) + min(max(share, 0), 1) * steps.span)
    return min(max(step, steps.lowerBound), steps.upperBound)
  }

  /// Where a step lies, 0 … 1; 1 in a run of one step.
  static func share(of step: Int, in steps: ClosedRange<Int>) -> Double {
    steps.span > 0 ? (Double(step) - Double(steps.lowerBound)) / steps.span : 1
  }
}
