internal import CellCanvas

/// All keys, from the key table, in a box over the dashboard.
enum HelpView {
  static func draw(_ state: DashboardState, of grid: inout CellGrid, context: DrawContext) {
    let page = page(state, size: grid.size, glyphs: context.glyphs)
    let box = CellRect(
      x: (grid.size.columns - page.columns - 2 * margin - 2) / 2, y: (grid.size.rows - page.rows - 2) / 2,
      columns: page.columns + 2 * margin + 2, rows: page.rows + 2)
    grid.fill(box, with: .blank)
    grid.box(
      box, title: "keys  (? or Esc closes)", style: Style(.focusedBorder),
      titleStyle: Style(.title, bold: true),
      glyphs: context.glyphs)
    let first = min(state.help.scroll, page.mostScroll)
    for (index, line) in page.lines.dropFirst(first).prefix(page.rows * page.lanes).enumerated() {
      let x = box.x + 1 + margin + index / page.rows * (page.laneColumns + HelpPage.gap)
      grid.write(line, x: x, y: box.y + 1 + index % page.rows, maxColumns: page.laneColumns)
    }
    drawMore(
      page.lines.count - page.rows * page.lanes, from: first, in: box, of: &grid, glyphs: context.glyphs)
  }

  /// Lines that the help can be scrolled by on a screen of `size`.
  static func mostScroll(_ state: DashboardState, size: CellSize) -> Int {
    page(state, size: size, glyphs: .braille).mostScroll
  }

  /// The marks of a replay's position bar.
  private static func legend(_ glyphs: GlyphSet) -> [[TextRun]] {
    [[TextRun("position bar", .title, bold: true)]]
      + TransportMark.allCases.map { mark in
        [
          TextRun(" \(mark.glyph(glyphs))          ", Style(mark.role, bold: true)), TextRun(mark.name),
        ]
      }
  }

  private static func page(_ state: DashboardState, size: CellSize, glyphs: GlyphSet) -> HelpPage {
    HelpPage(
      bindings: state.keys.available(on: state.page, inReplay: state.isReplay),
      legend: state.isReplay ? legend(glyphs) : [], assumptions: state.help.assumptions,
      room: CellSize(columns: size.columns - 2 * margin - 2, rows: size.rows - 2))
  }

  private static let margin = 1

  /// Lines that are hidden above and below, in the lower border.
  private static func drawMore(
    _ hidden: Int, from first: Int, in box: CellRect, of grid: inout CellGrid, glyphs: GlyphSet
  ) {
    guard hidden > 0 else { return }
    let text = " j \(glyphs.marks.down) \(hidden - first)  k \(glyphs.marks.up) \(first) "
    grid.write(text, x: box.x + 2, y: box.maxY - 1, style: Style(.note), maxColumns: max(0, box.columns - 4))
  }
}

/// The lines of the help, broken to the width of the lanes they stand in.
struct HelpPage {
  private(set) var lines: [[TextRun]] = []
  /// Lanes beside each other.
  private(set) var lanes = 1
  private(set) var laneColumns = 0
  private(set) var rows = 0

  static let gap = 2
  private static let mostLanes = 3
  /// A lane narrower than this breaks most lines.
  private static let leastLane = 36
  /// Longer lines are no easier to read.
  private static let mostLane = 66

  /// - Parameters:
  ///   - legend: lines behind the keys.
  ///   - assumptions: what was taken for granted, behind them.
  init(
    bindings: [KeyBinding], legend: [[TextRun]] = [], assumptions: [String] = [], room: CellSize
  ) {
    for lanes in 1...Self.mostLanes {
      let columns = min(Self.mostLane, (room.columns - (lanes - 1) * Self.gap) / lanes)
      guard lanes == 1 || columns >= Self.leastLane else { break }
      self.lanes = lanes
      laneColumns = max(0, columns)
      lines =
        Self.lines(bindings, columns: laneColumns) + legend
        + Self.lines(assumptions: assumptions, columns: laneColumns)
      rows = min(room.rows, (lines.count + lanes - 1) / lanes)
      if rows * lanes >= lines.count { break }
    }
    laneColumns = min(laneColumns, lines.map(\.columns).max() ?? 0)
  }

  /// Lines that do not fit beside and below each other.
  var mostScroll: Int { max(0, lines.count - rows * lanes) }

  /// Columns of all lanes.
  var columns: Int { lanes * laneColumns + (lanes - 1) * Self.gap }

  private static let keyColumns = 12

  /// A heading for each group, then its keys.
  private static func lines(_ bindings: [KeyBinding], columns: Int) -> [[TextRun]] {
    KeyBinding.Group.allCases.flatMap { group -> [[TextRun]] in
      let entries = bindings.filter { $0.group == group }.flatMap { entry($0, columns: columns) }
      return entries.isEmpty ? [] : [[TextRun(group.rawValue, .title, bold: true)]] + entries
    }
  }

  private static func lines(assumptions: [String], columns: Int) -> [[TextRun]] {
    guard !assumptions.isEmpty else { return [] }
    let texts = assumptions.flatMap { TextWrap.lines(Printable.text($0), columns: max(1, columns - 1)) }
    return [[TextRun("assumed", .title, bold: true)]] + texts.map { [TextRun(" " + $0)] }
  }

  /// Keys, then what they do; where the lane is too narrow for both, below.
  private static func entry(_ binding: KeyBinding, columns: Int) -> [[TextRun]] {
    let keys = " " + binding.keys.map(\.label).joined(separator: " ")
    let isNarrow = columns < keyColumns + 16
    let indent = isNarrow ? 3 : keyColumns
    let texts = TextWrap.lines(binding.help, columns: max(1, columns - indent))
    let indented = texts.map { [TextRun(String(repeating: " ", count: indent)), TextRun($0)] }
    let key = TextRun(DisplayWidth.pad(keys, to: keyColumns), .key, bold: true)
    guard !isNarrow, let first = texts.first else { return [[key]] + indented }
    return [[key, TextRun(first)]] + indented.dropFirst()
  }
}
