internal import CellCanvas
internal import RunModel

/// Where the keys of the metrics page go; arithmetic only.
struct MetricsLayout {
  let list: MetricsList
  /// The line above the keys.
  let caption: CellRect
  /// The lines in sight and where they lie.
  private(set) var visible: [(line: Int, rect: CellRect)] = []
  private let across: Int

  /// A chart in less columns shows nothing.
  private static let cellColumns = 36
  /// Border and four rows of curve.
  private static let leastRows = 6
  private static let mostRows = 12

  init(_ state: DashboardState, body: CellRect) {
    across = Self.across(body)
    list = MetricsList(state, across: across)
    caption = CellRect(x: body.x, y: body.y, columns: body.columns, rows: min(1, body.rows))
    let room = CellRect(
      x: body.x, y: body.y + caption.rows, columns: body.columns, rows: max(0, body.rows - caption.rows))
    let rows = Self.cellRows(list.lines, room: room.rows)
    let selected = list.place(of: state.metrics.selection)?.line ?? 0
    place(
      from: Self.firstLine(list.lines, selected: selected, rows: rows, room: room.rows), rows: rows, in: room)
  }

  /// Keys beside each other.
  static func across(_ body: CellRect) -> Int { max(1, body.columns / cellColumns) }

  /// Few keys share the screen, many are scrolled.
  private static func cellRows(_ lines: [MetricsList.Line], room: Int) -> Int {
    let charts = lines.count { if case .metrics = $0 { true } else { false } }
    guard charts > 0 else { return leastRows }
    return min(max((room - (lines.count - charts)) / charts, leastRows), mostRows)
  }

  private static func height(_ line: MetricsList.Line, rows: Int) -> Int {
    if case .heading = line { 1 } else { rows }
  }

  /// The first line in sight: as far up as the selection allows; the heading above it is seen with it.
  private static func firstLine(_ lines: [MetricsList.Line], selected: Int, rows: Int, room: Int) -> Int {
    var first = min(selected, max(0, lines.count - 1))
    var used = first < lines.count ? height(lines[first], rows: rows) : 0
    // Half of the room is above the selection where there are lines enough below.
    let below = lines.dropFirst(first + 1).reduce(0) { min(room, $0 + height($1, rows: rows)) }
    let above = max(room - used - below, (room - used) / 2)
    while first > 0, used + height(lines[first - 1], rows: rows) <= room,
      used - height(lines[min(selected, lines.count - 1)], rows: rows) + height(lines[first - 1], rows: rows)
        <= above
    {
      first -= 1
      used += height(lines[first], rows: rows)
    }
    return first
  }

  private mutating func place(from first: Int, rows: Int, in room: CellRect) {
    var y = room.y
    for index in list.lines.indices.dropFirst(first) {
      let height = min(Self.height(list.lines[index], rows: rows), room.maxY - y)
      guard height > 0, height >= min(Self.height(list.lines[index], rows: rows), 3) else { break }
      visible.append(
        (index, CellRect(x: room.x, y: y, columns: room.columns, rows: height)))
      y += height
    }
  }

  /// The rectangle of one of the keys beside each other.
  func rect(ofPlace place: Int, in line: CellRect) -> CellRect {
    let start = line.columns * place / across
    let end = line.columns * (place + 1) / across
    return CellRect(x: line.x + start, y: line.y, columns: end - start, rows: line.rows)
  }

  /// What lies under a cell.
  func selection(atX x: Int, y: Int) -> MetricsBrowser.Selection? {
    guard let (line, rect) = visible.first(where: { $0.rect.contains(x: x, y: y) }) else { return nil }
    let place = (0..<list.lines[line].count).first { self.rect(ofPlace: $0, in: rect).contains(x: x, y: y) }
    if case .heading = list.lines[line] { return list.selection(line: line, place: 0) }
    return place.flatMap { list.selection(line: line, place: $0) }
  }

  /// Lines that a page up or down moves by.
  var page: Int { max(1, visible.count - 1) }
}
