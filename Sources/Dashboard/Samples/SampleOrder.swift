internal import RunModel

/// By which column the samples are sorted, and which way.
struct SampleOrder: Sendable, Hashable {
  var column = SampleColumn.divergence
  /// True against the way in which one looks at the column first.
  var isReversed = false

  /// True where values rise from the top of the list.
  var isRising: Bool { column.isRising != isReversed }

  var reversed: SampleOrder { SampleOrder(column: column, isReversed: !isReversed) }

  /// Samples in this order.
  func sorted(_ states: [SampleState], by direction: DivergenceDirection) -> [SampleState] {
    let ranking = SampleRanking(states, by: self, direction)
    return states.indices.sorted(by: ranking.precedes).map { states[$0] }
  }
}

/// Which of some samples comes before which: those without a value last either way, equals by divergence, then by set
/// and name.
struct SampleRanking {
  private let states: [SampleState]
  private let order: SampleOrder
  private let values: [Double]
  private let divergences: [Double]

  init(_ states: [SampleState], by order: SampleOrder, _ direction: DivergenceDirection) {
    self.states = states
    self.order = order
    divergences = states.map { $0.value(of: .divergence, direction) }
    values = order.column == .divergence ? divergences : states.map { $0.value(of: order.column, direction) }
  }

  /// Index of the first one.
  var first: Int? { states.indices.min(by: precedes) }

  /// How many come before one of them.
  func place(of index: Int) -> Int { states.indices.count { precedes($0, index) } }

  func precedes(_ left: Int, _ right: Int) -> Bool {
    let (first, second) = (states[left].key, states[right].key)
    let isFirst: Bool? =
      switch order.column {
      case .sample: Self.precedes(first.name, second.name).map { $0 != order.isReversed }
      case .set: Self.precedes(first.probe, second.probe).map { $0 != order.isReversed }
      default: Self.precedes(values[left], values[right], isRising: order.isRising)
      }
    return isFirst ?? Self.precedes(divergences[left], divergences[right], isRising: false)
      ?? Self.precedes(first.probe, second.probe) ?? Self.precedes(first.name, second.name) ?? (left < right)
  }

  private static func precedes(_ left: Double, _ right: Double, isRising: Bool) -> Bool? {
    if left.isNaN || right.isNaN { return left.isNaN == right.isNaN ? nil : right.isNaN }
    return left == right ? nil : (left < right) == isRising
  }

  private static func precedes(_ left: ProbeKey, _ right: ProbeKey) -> Bool? {
    left == right ? nil : left < right
  }

  private static func precedes(_ left: SampleName, _ right: SampleName) -> Bool? {
    switch (left, right) {
    case (.row(let first), .row(let second)): first == second ? nil : first < second
    case (.named(let first), .named(let second)): first == second ? nil : first < second
    case (.row, .named): true
    case (.named, .row): false
    }
  }
}
