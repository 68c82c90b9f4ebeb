internal import CellCanvas
internal import RunModel

/// By which column the samples are sorted, and which way.
struct SampleOrder: Sendable, Hashable {
  var column = SampleColumn.divergence
  /// True against the way in which one looks at the column first.
  var isReversed = false

  /// True where values rise from the top of the list.
  var isRising: Bool { column.isRising != isReversed }

  /// True where the column holds no numbers.
  fileprivate var isOfNames: Bool { column == .sample || column == .set }

  var reversed: SampleOrder { SampleOrder(column: column, isReversed: !isReversed) }

  /// Samples in this order.
  func sorted(_ states: [SampleState], by direction: DivergenceDirection) -> [SampleState] {
    SampleRanking(states, by: self, direction).sorted.map { states[$0] }
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

  /// The indices of all in their order.
  ///
  /// What is sorted are a number and an index: in most columns few of the samples themselves are looked at.
  var sorted: [Int] {
    guard !order.isOfNames else { return states.indices.sorted(by: precedes) }
    return states.indices.map { (value: values[$0], index: $0) }.sorted { left, right in
      Self.precedes(left.value, right.value, isRising: order.isRising)
        ?? precedesAmongEquals(left.index, right.index)
    }.map(\.index)
  }

  /// Index of the first one.
  var first: Int? { states.indices.min(by: precedes) }

  /// How many come before one of them.
  func place(of index: Int) -> Int { states.indices.count { precedes($0, index) } }

  func precedes(_ left: Int, _ right: Int) -> Bool {
    let isFirst: Bool? =
      switch order.column {
      case .sample:
        Self.precedes(states[left].key.name, states[right].key.name).map { $0 != order.isReversed }
      case .set: Self.precedes(states[left].key.probe, states[right].key.probe).map { $0 != order.isReversed }
      default: Self.precedes(values[left], values[right], isRising: order.isRising)
      }
    return isFirst ?? precedesAmongEquals(left, right)
  }

  private func precedesAmongEquals(_ left: Int, _ right: Int) -> Bool {
    if let isFirst = Self.precedes(divergences[left], divergences[right], isRising: false) { return isFirst }
    let (first, second) = (states[left].key, states[right].key)
    return Self.precedes(first.probe, second.probe) ?? Self.precedes(first.name, second.name)
      ?? (left < right)
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

/// The columns of the list of samples, from left to right.
enum SampleColumn: Int, Sendable, Hashable, CaseIterable {
  case sample, set, divergence, change, target, margin, top, flips, forgettingEvents, firstForgotten

  /// The column `offset` further on; the columns are a ring.
  func next(by offset: Int) -> SampleColumn {
    let all = SampleColumn.allCases
    return all[((rawValue + offset) % all.count + all.count) % all.count]
  }

  /// What samples in the order of the column are sorted by.
  var name: String {
    switch self {
    case .sample: "name"
    case .set: "set"
    case .divergence: "divergence"
    case .change: "change"
    case .target: "target p"
    case .margin: "margin"
    case .top: "top-1"
    case .flips: "flips"
    case .forgettingEvents: "forgetting"
    case .firstForgotten: "first forgotten"
    }
  }

  /// What stands above the column where there is little room.
  func title(glyphs: GlyphSet) -> String {
    switch self {
    case .sample: "sample"
    case .set: "set"
    case .divergence: "D"
    case .change: "\(glyphs.marks.delta)D"
    case .target: "target p"
    case .margin: "margin"
    case .top: "top-1"
    case .flips: "flips"
    case .forgettingEvents: "forgot"
    case .firstForgotten: "first at"
    }
  }

  /// The same where there is more.
  func longTitle(glyphs: GlyphSet) -> String {
    switch self {
    case .sample, .set, .change, .margin, .flips: title(glyphs: glyphs)
    case .divergence: "D, nats"
    case .target: "target's p"
    case .top: "top-1 base \(glyphs.marks.right) tuned"
    case .forgettingEvents: "forgotten"
    case .firstForgotten: "first forgotten"
    }
  }

  /// True where small values, or the start of the alphabet, are what one looks for first.
  var isRising: Bool {
    switch self {
    case .sample, .set, .target, .margin, .firstForgotten: true
    case .divergence, .change, .top, .flips, .forgettingEvents: false
    }
  }

  var alignment: DisplayWidth.Alignment {
    self == .sample || self == .set || self == .top ? .left : .right
  }
}

extension SampleState {
  /// What a column is sorted by; NaN where the sample has nothing to sort by, and so comes last.
  func value(of column: SampleColumn, _ direction: DivergenceDirection) -> Double {
    switch column {
    case .sample, .set: 0
    case .divergence: record.rows == 0 ? .nan : record.divergence(direction).orInfinity
    case .change: Double(record.change(direction))
    case .target: record.policyTargetProbability
    case .margin: Double(record.policyMargin)
    case .top where record.isSequence && record.targets > 0:
      record.referenceTokenAccuracy - record.tokenAccuracy
    case .top: Double(record.differingRows) / Double(record.rows)
    case .flips: Double(record.flips)
    case .forgettingEvents: Double(record.forgettingEvents)
    case .firstForgotten: record.firstForgotten.map(Double.init) ?? .nan
    }
  }
}

extension SampleRecord {
  func divergence(_ direction: DivergenceDirection) -> Double {
    direction == .policyReference ? policyReference : referencePolicy
  }

  /// Since the evaluation before.
  func change(_ direction: DivergenceDirection) -> Float {
    direction == .policyReference ? policyReferenceChange : referencePolicyChange
  }
}

extension Double {
  /// A row that cannot be compared is the one to look at.
  fileprivate var orInfinity: Double { isNaN ? .infinity : self }
}
