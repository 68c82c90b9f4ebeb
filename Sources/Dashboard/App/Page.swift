internal import CellCanvas

/// The full-screen pages of the dashboard, in the order of their tabs.
package enum Page: String, Sendable, Hashable, CaseIterable {
  /// Everything important of one run at once.
  case overview
  /// Every key of the log as a small chart.
  case metrics
  /// Every sample, or one of them in detail.
  case samples
  /// What the model lost and won, against how far it has drifted.
  case forgetting
  /// All runs that are watched, beside each other.
  case runs
  /// The end of what the training printed.
  case console

  /// Also the name that `--view` takes and the page's tab.
  package var title: String { rawValue }

  /// The key that shows the page.
  var key: Key {
    switch self {
    case .overview: "o"
    case .metrics: "m"
    case .samples: "i"
    case .forgetting: "f"
    case .runs: "r"
    case .console: "C"
    }
  }

  static let all = Set(allCases)
}

/// The parts of the dashboard, in the order of their numbers and of the focus.
package enum Panel: String, Sendable, Hashable, CaseIterable {
  case loss
  case divergence
  case forgetting
  case mode
  case sample
  case findings

  /// Also the name that `--view` takes and the panel's title.
  package var title: String { rawValue }

  /// True for the panels that show curves over steps.
  package var isChart: Bool { self == .loss || self == .divergence || self == .forgetting }

  func next(by offset: Int) -> Panel {
    let all = Panel.allCases
    guard let index = all.firstIndex(of: self) else { return self }
    return all[(index + offset + all.count) % all.count]
  }
}
