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
