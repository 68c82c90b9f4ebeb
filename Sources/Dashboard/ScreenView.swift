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
