package import CellCanvas

/// The keys of the dashboard: dispatch, help and hints are all made from this table.
package struct KeyTable: Sendable {
  package let bindings: [KeyBinding]
  private let lookups: [Situation: [Key: Int]]

  /// Where a key is pressed.
  private struct Situation: Hashable {
    var page: Page
    var isReplay: Bool
  }

  /// Where two rows name the same key in the same situation, the first counts.
  init(_ bindings: [KeyBinding]) {
    self.bindings = bindings
    let situations = Page.allCases.flatMap { page in
      [false, true].map { Situation(page: page, isReplay: $0) }
    }
    lookups = Dictionary(
      uniqueKeysWithValues: situations.map { situation in
        let available = bindings.indices.filter {
          bindings[$0].isAvailable(on: situation.page, inReplay: situation.isReplay)
        }
        let rows = available.flatMap { row in bindings[row].keys.map { ($0, row) } }
        return (situation, Dictionary(rows) { first, _ in first })
      })
  }

  /// The row of a key, `nil` where it means nothing.
  package func binding(for key: Key, on page: Page, inReplay: Bool) -> KeyBinding? {
    lookups[Situation(page: page, isReplay: inReplay)]?[key].map { bindings[$0] }
  }

  /// Every row that means something, in the order of the table and with the keys that mean it.
  func available(on page: Page, inReplay: Bool) -> [KeyBinding] {
    let lookup = lookups[Situation(page: page, isReplay: inReplay)] ?? [:]
    return bindings.indices.compactMap { row in
      var binding = bindings[row]
      binding.keys.removeAll { lookup[$0] != row }
      return binding.keys.isEmpty ? nil : binding
    }
  }
}

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

extension KeyTable {
  /// What the actions are called, in the order of the table.
  package var names: [String] { bindings.map(\.name) }

  /// The table with other keys for some actions, by their names; names that no action has change nothing.
  ///
  /// A key that is assigned loses what it meant before in the same situation.
  package func assigning(_ assigned: [String: [Key]]) -> KeyTable {
    let taken = bindings.filter { assigned[$0.name] != nil }
    return KeyTable(
      bindings.map { binding in
        var result = binding
        if let keys = assigned[binding.name] {
          result.keys = keys
        } else {
          let lost = taken.filter { $0.meets(binding) }.flatMap { assigned[$0.name] ?? [] }
          result.keys.removeAll { lost.contains($0) }
        }
        return result
      })
  }
}

extension KeyBinding {
  /// Whether both rows mean something in some situation.
  fileprivate func meets(_ other: KeyBinding) -> Bool {
    !pages.isDisjoint(with: other.pages)
      && [false, true].contains { isAvailable(inReplay: $0) && other.isAvailable(inReplay: $0) }
  }
}
