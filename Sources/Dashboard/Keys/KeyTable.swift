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
