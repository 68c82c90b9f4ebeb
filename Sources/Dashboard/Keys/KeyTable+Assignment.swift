package import CellCanvas

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
