package import CellCanvas

/// One row of the key table: which keys, what they do, and how help and hints say it.
package struct KeyBinding: Sendable {
  package enum Group: String, Sendable, CaseIterable {
    case general
    case pages
    case panels
    case samples
    case metrics
    case forgetting
    case curves
    case runs
    case time
  }

  /// In which kind of run the keys mean this.
  package enum Availability: Sendable {
    case always
    case live
    case replay
  }

  /// Changes the state; the second argument is the time in seconds since 1970.
  package typealias Action = @Sendable (inout DashboardState, Double) -> Void

  /// What the action is called wherever keys are assigned: words joined by `-`, never changed.
  package let name: String
  package var keys: [Key]
  package var help: String
  package var group: Group
  /// Pages on which the keys mean this.
  package var pages: Set<Page>
  package var availability: Availability
  /// One word for the line of hints; `nil` leaves the keys to the help.
  package var hint: String?
  package var action: Action

  init(
    _ name: String, _ keys: [Key], _ help: String, in group: Group, on pages: Set<Page> = Page.all,
    when availability: Availability = .always, hint: String? = nil, action: @escaping Action
  ) {
    self.name = name
    self.keys = keys
    self.help = help
    self.group = group
    self.pages = pages
    self.availability = availability
    self.hint = hint
    self.action = action
  }

  /// The name of the action that shows a page.
  static func name(showing page: Page) -> String { "show-\(page.title)" }

  func isAvailable(on page: Page, inReplay: Bool) -> Bool {
    pages.contains(page) && isAvailable(inReplay: inReplay)
  }

  func isAvailable(inReplay: Bool) -> Bool {
    switch availability {
    case .always: true
    case .live: !inReplay
    case .replay: inReplay
    }
  }
}

extension Key: ExpressibleByUnicodeScalarLiteral {
  /// A printable key, so that the table reads like a keyboard.
  package init(unicodeScalarLiteral value: Character) { self = .character(value) }
}
