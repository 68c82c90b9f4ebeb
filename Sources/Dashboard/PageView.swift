internal import CellCanvas

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
    }
  }
}
