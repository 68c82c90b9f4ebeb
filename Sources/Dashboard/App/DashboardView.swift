package import CellCanvas

/// Draws the whole screen: state, size, glyphs and time in, cells out.
package enum DashboardView {
  package static func draw(_ state: DashboardState, size: CellSize, context: DrawContext) -> CellGrid {
    var grid = CellGrid(size: size)
    guard ScreenLayout.fits(size) else {
      drawTooSmall(in: &grid)
      return grid
    }
    let layout = ScreenLayout(size: size, isReplay: state.isReplay)
    HeaderView.draw(state, in: layout.header, of: &grid, context: context)
    PageView.of(state.page).draw(state, layout.body, &grid, context)
    if !layout.transport.isEmpty {
      TransportView.draw(state, in: layout.transport, of: &grid, context: context)
    }
    BottomLine.draw(state, in: layout.hints, of: &grid, context: context)
    if state.help.isShown { HelpView.draw(state, of: &grid, context: context) }
    return grid
  }

  private static func drawTooSmall(in grid: inout CellGrid) {
    let need = ScreenLayout.minimumSize
    for (row, line) in [
      "kltop needs", "\(need.columns)x\(need.rows), this", "is \(grid.size.columns)x\(grid.size.rows)",
    ]
    .enumerated() {
      grid.write(line, x: 0, y: row, style: Style(.warning))
    }
  }
}

/// What a page does: one row of the table below for each page, so that a new page changes nothing else.
struct PageView: Sendable {
  /// Draws the page into the part of the screen between header and transport.
  var draw: @Sendable (DashboardState, CellRect, inout CellGrid, DrawContext) -> Void
  /// Moves what the page's up and down keys move, by lines; down is positive.
  var scroll: @Sendable (inout DashboardState, Int) -> Void
  /// Closes what the page has open; false where there is nothing to close.
  var close: @Sendable (inout DashboardState) -> Bool
  /// What a click or the wheel means inside the same part.
  var click: @Sendable (inout DashboardState, MouseEvent, CellRect) -> Void
  /// Takes back what was scrolled beyond the end of the page's lists.
  var limitScroll: @Sendable (inout DashboardState, CellRect) -> Void
}

extension PageView {
  /// The view of a page.
  static func of(_ page: Page) -> PageView {
    switch page {
    case .overview: .overview
    case .metrics: .metrics
    case .samples: .samples
    case .forgetting: .forgetting
    case .runs: .runs
    case .console: .console
    }
  }
}

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

/// What a screen can begin with: a page, or one panel of the overview alone.
package enum ScreenView: Sendable, Hashable, CaseIterable {
  case page(Page)
  case panel(Panel)

  package static let allCases: [ScreenView] =
    Page.allCases.map { .page($0) } + Panel.allCases.map { .panel($0) }

  /// What `--view` calls it.
  package var name: String {
    switch self {
    case .page(let page): page.title
    case .panel(let panel): panel.title
    }
  }

  /// The view of a name; a page comes before a panel of the same name.
  package init?(name: String) {
    guard let view = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = view
  }
}

extension DashboardState {
  /// Shows a page, or a panel alone.
  package mutating func show(_ view: ScreenView) {
    switch view {
    case .page(let page): self.page = page
    case .panel(let panel):
      page = .overview
      overview.focus = panel
      overview.isMaximised = true
    }
  }
}
