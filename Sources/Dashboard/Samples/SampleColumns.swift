internal import CellCanvas

/// Where the columns of the list stand; arithmetic only.
struct SampleColumns {
  struct Lane: Hashable {
    var column: SampleColumn
    var x: Int
    var columns: Int
  }

  private(set) var lanes: [Lane] = []

  /// Columns between two lanes: two where there is room.
  private let gap: Int
  /// Column of the cursor's mark and a blank.
  static let margin = 2
  /// What goes first where there is no room for all.
  private static let expendable: [SampleColumn] = [.set, .change, .flips, .target, .forgettingEvents, .top]

  /// - Parameters:
  ///   - wanted: columns that each column would like to have.
  ///   - least: columns that one that can be cut needs.
  init(in rect: CellRect, wanted: [SampleColumn: Int], least: [SampleColumn: Int]) {
    var shown = SampleColumn.allCases
    var widths = wanted
    let room = rect.columns - Self.margin
    let sum = wanted.values.reduce(0, +)
    gap = sum + 2 * (shown.count - 1) <= room ? 2 : 1
    let gap = gap
    func missing() -> Int {
      shown.reduce(0) { $0 + (widths[$1] ?? 0) } + gap * (shown.count - 1) - room
    }
    var expendable = Self.expendable[...]
    while missing() > 0 {
      let cuttable = shown.filter { (widths[$0] ?? 0) > (least[$0] ?? .max) }
      if let widest = cuttable.max(by: { (widths[$0] ?? 0) < (widths[$1] ?? 0) }) {
        widths[widest, default: 1] -= 1
      } else if let column = expendable.popFirst() {
        shown.removeAll { $0 == column }
        for column in least.keys { widths[column] = wanted[column] }
      } else {
        break
      }
    }
    var x = rect.x + Self.margin
    for column in shown {
      let wanted = widths[column] ?? 0
      let columns = max(0, min(wanted, rect.maxX - x))
      // A number without its end is another number.
      guard columns == wanted || least[column] != nil else { continue }
      if columns > 0 { lanes.append(Lane(column: column, x: x, columns: columns)) }
      x += columns + gap
    }
  }

  /// The column whose heading or cells stand at `x`.
  func column(atX x: Int) -> SampleColumn? {
    lanes.first { $0.x <= x && x < $0.x + $0.columns + gap }?.column
  }
}
