internal import CellCanvas
internal import RunModel

/// The tokens of a sequence in their order, each with a column below it as high as its divergence.
struct TokenStrip {
  /// A token on the screen.
  struct Place: Hashable {
    /// Index among the counted rows.
    var row: Int
    var x: Int
    /// Line of tokens, from 0.
    var line: Int
    var columns: Int
  }

  private let texts: [String]
  private let divergences: [Double]
  private let selected: Int
  private let glyphs: GlyphSet

  init(_ sample: InspectedSample, direction: DivergenceDirection, glyphs: GlyphSet) {
    texts = sample.tokens.map {
      DisplayWidth.truncate(
        ClassNames.visible($0, glyphs: glyphs), to: Self.mostColumns, ellipsis: glyphs.marks.ellipsis)
    }
    divergences = (sample.measured?.rows ?? RowEvidenceList([])).map {
      direction == .policyReference ? $0.policyReference : $0.referencePolicy
    }
    selected = sample.row
    self.glyphs = glyphs
  }

  /// A token wider than this is cut.
  private static let mostColumns = 24
  /// Rows of a line: the tokens, and the columns below.
  static let lineRows = 2

  /// Every token, in lines of `columns` columns.
  func places(columns: Int) -> [Place] {
    var places: [Place] = []
    var (x, line) = (0, 0)
    for (row, text) in texts.enumerated() {
      let width = min(max(1, DisplayWidth.of(text)), max(1, columns))
      if x > 0, x + width > columns { (x, line) = (0, line + 1) }
      places.append(Place(row: row, x: x, line: line, columns: width))
      x += width + 1
    }
    return places
  }

  /// Lines that all tokens take.
  func lines(columns: Int) -> Int { (places(columns: columns).last?.line ?? -1) + 1 }

  /// The line drawn first where there is room for `count`: the selected token is in sight.
  func firstLine(_ places: [Place], count: Int) -> Int {
    let all = (places.last?.line ?? 0) + 1
    let line = places.first { $0.row == selected }?.line ?? 0
    return max(0, min(line - count / 2, all - count))
  }

  func draw(in rect: CellRect, of grid: inout CellGrid) {
    let places = places(columns: rect.columns)
    let count = rect.rows / Self.lineRows
    let first = firstLine(places, count: count)
    let largest = divergences.filter(\.isFinite).max() ?? 0
    for place in places where place.line >= first && place.line < first + count {
      let y = rect.y + (place.line - first) * Self.lineRows
      let style = style(place.row, largest: largest)
      grid.write(texts[place.row], x: rect.x + place.x, y: y, style: style, maxColumns: place.columns)
      grid.fill(
        CellRect(x: rect.x + place.x, y: y + 1, columns: place.columns, rows: 1),
        with: Cell(glyph: mark(place.row, largest: largest), style: Style(style.role)))
    }
  }

  /// Share of the largest divergence; `nil` where it is no finite number.
  private func share(_ row: Int, largest: Double) -> Double? {
    guard divergences.indices.contains(row), divergences[row].isFinite else { return nil }
    return largest > 0 ? max(0, divergences[row] / largest) : 0
  }

  private func style(_ row: Int, largest: Double) -> Style {
    let role: StyleRole =
      switch share(row, largest: largest) {
      case nil: .error
      case .some(0.5...): .error
      case .some(0.1...): .warning
      case .some: .text
      }
    return row == selected ? Style(role, bold: true, underlined: true, reversed: true) : Style(role)
  }

  private func mark(_ row: Int, largest: Double) -> Character {
    guard let share = share(row, largest: largest) else {
      let isNaN = divergences.indices.contains(row) && divergences[row].isNaN
      return isNaN ? glyphs.marks.nan : glyphs.marks.infinity
    }
    let steps = glyphs.columnSteps.count - 1
    // The least column says that there is a token.
    return glyphs.columnSteps[max(1, min(steps, Int((share * Double(steps)).rounded(.up))))]
  }
}
