internal import CellCanvas
internal import RunModel

/// The columns of the list of samples, from left to right.
enum SampleColumn: Int, Sendable, Hashable, CaseIterable {
  case sample, set, divergence, change, target, top, flips, forgettingEvents, firstForgotten

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
    case .top: "top-1"
    case .flips: "flips"
    case .forgettingEvents: "forgot"
    case .firstForgotten: "first at"
    }
  }

  /// The same where there is more.
  func longTitle(glyphs: GlyphSet) -> String {
    switch self {
    case .sample, .set, .change, .flips: title(glyphs: glyphs)
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
    case .sample, .set, .target, .firstForgotten: true
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
