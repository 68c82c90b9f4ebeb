package import CellCanvas

/// Where the parts of the page about forgetting go; arithmetic only.
package struct ForgettingLayout: Sendable, Hashable {
  package var table: CellRect
  /// The metrics over steps; `nil` where there is no room.
  package var chart: CellRect?
  /// One for each direction of the divergence, or one for the chosen direction.
  package var scatters: [CellRect] = []

  /// The room of all scatters, for one alone.
  var wholeScatter: CellRect? {
    guard let first = scatters.first, let last = scatters.last else { return nil }
    return CellRect(x: first.x, y: first.y, columns: last.maxX - first.x, rows: first.rows)
  }

  /// - Parameter lines: lines that the table would like to have.
  package init(body: CellRect, lines: Int) {
    guard body.rows >= Self.leastTable + Self.leastScatter, body.columns >= Self.leastColumns else {
      table = body
      return
    }
    let wanted = max(Self.leastTable, min(lines + 2, body.rows * 2 / 5))
    let tableRows = min(wanted, body.rows - Self.leastScatter)
    table = CellRect(x: body.x, y: body.y, columns: body.columns, rows: tableRows)
    var rest = CellRect(
      x: body.x, y: table.maxY, columns: body.columns, rows: body.rows - tableRows)
    if rest.rows >= Self.chartFloor {
      let rows = rest.rows * 2 / 5
      chart = CellRect(x: rest.x, y: rest.y, columns: rest.columns, rows: rows)
      rest = CellRect(x: rest.x, y: rest.y + rows, columns: rest.columns, rows: rest.rows - rows)
    }
    guard rest.columns >= Self.twoScatters else {
      scatters = [rest]
      return
    }
    let left = rest.columns / 2
    scatters = [
      CellRect(x: rest.x, y: rest.y, columns: left, rows: rest.rows),
      CellRect(x: rest.x + left, y: rest.y, columns: rest.columns - left, rows: rest.rows),
    ]
  }

  private static let leastTable = 5
  private static let leastScatter = 9
  private static let leastColumns = 40
  /// Both directions of the divergence beside each other.
  private static let twoScatters = 100
  /// A page with so many rows below the table has room for curves as well.
  private static let chartFloor = 26
}
