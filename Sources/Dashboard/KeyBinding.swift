package import CellCanvas

/// One row of the key table: which keys, what they do, and how help and hints say it.
package struct KeyBinding: Sendable {
  package enum Group: String, Sendable, CaseIterable {
    case general
    case panels
    case samples
    case curves
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

  package var keys: [Key]
  package var help: String
  package var group: Group
  package var availability: Availability
  /// One word for the line of hints; `nil` leaves the keys to the help.
  package var hint: String?
  package var action: Action

  init(
    _ keys: [Key], _ help: String, in group: Group, when availability: Availability = .always,
    hint: String? = nil, action: @escaping Action
  ) {
    self.keys = keys
    self.help = help
    self.group = group
    self.availability = availability
    self.hint = hint
    self.action = action
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
