package import CellCanvas

/// What every page has around it on a screen of a given size; arithmetic only.
package struct ScreenLayout: Sendable, Hashable {
  /// Below this the screen only says that it is too small.
  package static let minimumSize = CellSize(columns: 20, rows: 5)

  package var header: CellRect
  /// What is left for the page.
  package var body: CellRect
  /// The replay's position bar; empty for a live run.
  package var transport: CellRect
  package var hints: CellRect

  package init(size: CellSize, isReplay: Bool) {
    let headerRows = size.columns < Self.oneLineHeader && size.rows >= 16 ? 2 : 1
    let hintRows = size.rows >= 8 ? 1 : 0
    let transportRows = isReplay && size.rows >= 8 ? 1 : 0
    header = CellRect(x: 0, y: 0, columns: size.columns, rows: headerRows)
    hints = CellRect(x: 0, y: size.rows - hintRows, columns: size.columns, rows: hintRows)
    transport = CellRect(
      x: 0, y: hints.y - transportRows, columns: size.columns, rows: transportRows)
    body = CellRect(x: 0, y: headerRows, columns: size.columns, rows: transport.y - headerRows)
  }

  /// True where the screen is large enough for anything at all.
  package static func fits(_ size: CellSize) -> Bool {
    size.columns >= minimumSize.columns && size.rows >= minimumSize.rows
  }

  /// A header of all its parts needs this many columns.
  private static let oneLineHeader = 104
}
