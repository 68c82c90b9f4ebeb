internal import RunModel

/// By which column the samples are sorted, and which way.
struct SampleOrder: Sendable, Hashable {
  var column = SampleColumn.divergence
  /// True against the way in which one looks at the column first.
  var isReversed = false

  /// True where values rise from the top of the list.
  var isRising: Bool { column.isRising != isReversed }

  mutating func change(to column: SampleColumn) {
    self = SampleOrder(column: column)
  }

  /// Samples in this order; those without a value come last either way, equals by divergence.
  func sorted(_ states: [SampleState], by direction: DivergenceDirection) -> [SampleState] {
    let values = states.map { $0.value(of: column, direction) }
    let divergences = states.map { $0.value(of: .divergence, direction) }
    let isText = column == .sample || column == .set
    let order = states.indices.sorted { left, right in
      if isText, let isFirst = Self.precedes(states[left], states[right], column) {
        return isFirst != isReversed
      }
      if let isFirst = Self.precedes(values[left], values[right], isRising: isRising) { return isFirst }
      return Self.precedes(divergences[left], divergences[right], isRising: false) ?? (left < right)
    }
    return order.map { states[$0] }
  }

  private static func precedes(_ left: Double, _ right: Double, isRising: Bool) -> Bool? {
    if left.isNaN || right.isNaN { return left.isNaN == right.isNaN ? nil : right.isNaN }
    return left == right ? nil : (left < right) == isRising
  }

  private static func precedes(_ left: SampleState, _ right: SampleState, _ column: SampleColumn) -> Bool? {
    if column == .set { return left.key.probe == right.key.probe ? nil : left.key.probe < right.key.probe }
    switch (left.key.name, right.key.name) {
    case (.row(let first), .row(let second)): return first == second ? nil : first < second
    case (.named(let first), .named(let second)): return first == second ? nil : first < second
    case (.row, .named): return true
    case (.named, .row): return false
    }
  }
}
