internal import CellCanvas

/// The full-screen pages of the dashboard, in the order of their tabs.
package enum Page: String, Sendable, Hashable, CaseIterable {
  /// Everything important of one run at once.
  case overview
  /// Every sample, or one of them in detail.
  case samples

  /// Also the name that `--view` takes and the page's tab.
  package var title: String { rawValue }

  /// The key that shows the page.
  var key: Key {
    switch self {
    case .overview: "o"
    case .samples: "i"
    }
  }

  static let all = Set(allCases)
}
