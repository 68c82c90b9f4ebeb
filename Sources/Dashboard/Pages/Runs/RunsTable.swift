internal import CellCanvas
internal import RunFeed

/// The table of runs laid out: which columns a screen has room for, and where they stand.
struct RunsTable {
  /// A column: what it sorts by, its heading, and where its cells stand.
  struct Column {
    /// `nil` where the table cannot be sorted by it.
    var sort: RunsColumn?
    var heading: String
    var x: Int
    var columns: Int
    var alignment = DisplayWidth.Alignment.right
    /// The text of a row.
    var text: (RunsRow) -> String
  }

  /// A measure and the columns that belong to it.
  struct Group {
    var label: String
    var x: Int
    var columns: Int
  }

  let measures: [ComparedMetric]
  private(set) var rows: [RunsRow]
  private(set) var columns: [Column] = []
  private(set) var groups: [Group] = []
  /// Measures left and right of those there is room for.
  private(set) var hiddenBefore = 0
  private(set) var hiddenBehind = 0
  /// Where the texts of the sources stand.
  let sourceX: Int
  /// First row shown.
  let firstRow: Int
  /// Rows there is room for.
  let roomForRows: Int
  private let rect: CellRect

  static let headingRows = 2
  static let sourceColumns = 14
  private static let markColumns = 4
  private static let stepColumns = 8
  private static let numberColumns = 9
  private static let gap = 2

  /// - Parameter rect: inside of the border.
  init(_ state: DashboardState, in rect: CellRect, glyphs: GlyphSet) {
    self.rect = rect
    measures = ComparedMetric.all(in: state.runs.runs.map(\.shown), direction: state.charts.direction)
    rows = RunsRow.all(state, measures: measures)
    let names = rows.map { DisplayWidth.of(Printable.text($0.name, glyphs: glyphs)) }.max() ?? 0
    let nameColumns = min(max(names, 4), max(8, rect.columns / 4))
    let nameX = rect.x + Self.markColumns
    columns.append(
      Column(sort: .name, heading: "run", x: nameX, columns: nameColumns, alignment: .left) {
        DisplayWidth.truncate(
          Printable.text($0.name, glyphs: glyphs), to: nameColumns, ellipsis: glyphs.marks.ellipsis)
      })
    sourceX = nameX + nameColumns + Self.gap
    let stepX = sourceX + Self.sourceColumns
    columns.append(
      Column(sort: .step, heading: "step", x: stepX, columns: Self.stepColumns) {
        $0.isRead
          ? ValueText.step($0.step, columns: Self.stepColumns, glyphs: glyphs) : ValueText.absent(glyphs)
      })
    roomForRows = max(0, rect.rows - Self.headingRows)
    let cursor = rows.firstIndex { $0.index == state.runsTable.cursor } ?? 0
    firstRow = max(0, min(cursor - roomForRows / 2, rows.count - roomForRows))
    let hasBaseline = state.runs.baseline != nil
    addGroups(
      from: stepX + Self.stepColumns + Self.gap, first: state.runsTable.firstMeasure,
      hasBaseline: hasBaseline,
      glyphs: glyphs)
  }

  /// The rows that are seen, from the top.
  var shownRows: ArraySlice<RunsRow> { rows.dropFirst(firstRow).prefix(roomForRows) }

  /// Row of the screen for a place in `shownRows`.
  func y(ofRow place: Int) -> Int { rect.y + Self.headingRows + place }

  private mutating func addGroups(from start: Int, first: Int, hasBaseline: Bool, glyphs: GlyphSet) {
    hiddenBefore = min(max(0, first), max(0, measures.count - 1))
    var x = start
    var shown = 0
    for measure in measures.dropFirst(hiddenBefore) {
      let cells = Self.cells(of: measure, hasBaseline: hasBaseline, glyphs: glyphs)
      let width = cells.reduce(0) { $0 + $1.columns }
      guard x + width <= rect.maxX else { break }
      groups.append(Group(label: measure.label, x: x, columns: width))
      for cell in cells {
        var cell = cell
        cell.x = x
        x += cell.columns
        columns.append(cell)
      }
      x += Self.gap
      shown += 1
    }
    hiddenBehind = measures.count - hiddenBefore - shown
  }

  /// Last value, best or highest value and its step, difference to the baseline where there is one.
  private static func cells(of measure: ComparedMetric, hasBaseline: Bool, glyphs: GlyphSet) -> [Column] {
    func text(_ value: Double?) -> String {
      value.map { ValueText.short($0, columns: numberColumns, glyphs: glyphs) } ?? ValueText.absent(glyphs)
    }
    var cells = [
      Column(sort: .last(measure), heading: "last", x: 0, columns: numberColumns) {
        text($0.numbers[measure]?.last)
      },
      Column(sort: .extreme(measure), heading: measure.endName, x: 0, columns: numberColumns) {
        text($0.numbers[measure]?.extreme?.value)
      },
      Column(sort: nil, heading: "at step", x: 0, columns: stepColumns + 1) {
        ($0.numbers[measure]?.extreme).map {
          ValueText.step($0.step, columns: stepColumns + 1, glyphs: glyphs)
        } ?? ValueText.absent(glyphs)
      },
    ]
    if hasBaseline {
      cells.insert(
        Column(sort: .difference(measure), heading: "vs base", x: 0, columns: numberColumns) { row in
          (row.numbers[measure]?.difference).map {
            ValueText.difference($0, columns: numberColumns, glyphs: glyphs)
          } ?? ValueText.absent(glyphs)
        }, at: 1)
    }
    return cells
  }
}
