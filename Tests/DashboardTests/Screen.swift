import CellCanvas
import RunAnalysis
import RunFeed
import RunModel
import TestSupport

@testable import Dashboard

/// A dashboard before the eyes of a test: keys go in, frames come out, time stands still until it is moved.
struct Screen {
  var state: DashboardState
  var size = CellSize(columns: 120, rows: 36)
  var glyphs = GlyphSet.braille
  /// Seconds since 1970.
  var now: Double

  init(
    _ run: RunModel, replayAt step: Int? = nil, columns: Int = 120, rows: Int = 36,
    glyphs: GlyphSet = .braille, now: Double? = nil
  ) {
    self.init(
      AnalysedRun(run), replayAt: step, columns: columns, rows: rows, glyphs: glyphs, now: now)
  }

  init(
    _ analysed: AnalysedRun, replayAt step: Int? = nil, columns: Int = 120, rows: Int = 36,
    glyphs: GlyphSet = .braille, now: Double? = nil
  ) {
    let run = analysed.model
    state = DashboardState(run: analysed, replay: step.map { ReplayPlayer(step: $0) })
    size = CellSize(columns: columns, rows: rows)
    self.glyphs = glyphs
    self.now = now ?? run.lastStep.flatMap { run.time(at: $0) } ?? 0
    state.tick(now: self.now)
  }

  /// The page of samples.
  static func samples(
    _ run: RunModel = .forgetful, replayAt step: Int? = nil, columns: Int = 120, rows: Int = 24, keys: Key...
  ) -> Screen {
    var screen = Screen(run, replayAt: step, columns: columns, rows: rows)
    screen.press("i")
    for key in keys { screen.press(key) }
    return screen
  }

  var frame: CellGrid {
    DashboardView.draw(state, size: size, context: DrawContext(glyphs: glyphs, now: now))
  }

  var text: String { FrameText.plain(frame) }

  /// The rows of the frame, without the blanks at their ends.
  var rows: [String] { text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }

  mutating func press(_ keys: Key...) {
    for key in keys { state.press(key, now: now, size: size) }
  }

  /// Types a filter, without accepting it.
  mutating func filter(by text: String) {
    press("/")
    for character in text { press(.character(character)) }
  }

  mutating func click(x: Int, y: Int, _ kind: MouseEvent.Kind = .press) {
    state.click(MouseEvent(x: x, y: y, kind: kind, button: 1), now: now, size: size)
  }

  /// The part of the screen that belongs to the page.
  var body: CellRect { ScreenLayout(size: size, isReplay: state.isReplay).body }

  /// The rows inside a panel's border, as text.
  func inside(_ panel: Panel) -> [String] {
    guard let rect = OverviewLayout(body: body, state: state).panels[panel] else { return [] }
    return frame.rows(of: rect.inset())
  }

  /// The upper border of a panel, with its title and what else it says.
  func border(_ panel: Panel) -> String {
    guard let rect = OverviewLayout(body: body, state: state).panels[panel] else { return "" }
    return frame.rows(of: CellRect(x: rect.x, y: rect.y, columns: rect.columns, rows: 1)).first ?? ""
  }
}

extension CellGrid {
  /// A part of the grid as rows of text, without the blanks at their ends.
  func rows(of rect: CellRect) -> [String] {
    (rect.y..<rect.maxY).map { y in
      var part = CellGrid(size: CellSize(columns: rect.columns, rows: 1))
      for x in 0..<rect.columns { if let cell = cell(x: rect.x + x, y: y) { part.set(x: x, y: 0, cell) } }
      return String(FrameText.plain(part).dropLast())
    }
  }

  /// Every place where a glyph stands, row by row.
  func places(of glyph: Character, in rect: CellRect? = nil) -> [CellPlace] {
    let rect = rect ?? bounds
    return (rect.y..<rect.maxY).flatMap { y in
      (rect.x..<rect.maxX).compactMap { x in
        cell(x: x, y: y)?.content.character == glyph ? CellPlace(x: x, y: y) : nil
      }
    }
  }
}

/// A cell of a frame.
struct CellPlace: Hashable {
  var x: Int
  var y: Int
}
