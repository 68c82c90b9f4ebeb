internal import Divergence

/// One sample's logits with what tells whether its inputs are the same as before.
struct ComparableSample {
  var key: ReferenceKey
  /// T × V of the reference.
  var reference: [Double]
  /// T × V of the policy; empty where they are not known.
  var policy: [Double]
  /// T indices of the right class, −1 for none; empty without targets.
  var targets: [Int]
  /// T texts, or empty.
  var tokens: [String]
  /// T, or empty where every position counts.
  var mask: [Bool]

  var positions: Int { key.vocabulary > 0 ? reference.count / key.vocabulary : 0 }
}

/// The logits that each sample came with before: the reference's should stay the same.
struct EarlierModels: Sendable {
  private struct Known {
    var firstReference: [Double]
    var lastReference: [Double]
    var lastPolicy: [Double]
    /// What the first and the last logits are of.
    var targets: [Int]
    var tokens: [String]
    var lastTargets: [Int]
    var lastTokens: [String]

    var elements: Int { firstReference.count + lastReference.count + lastPolicy.count }
  }

  private var known: [ReferenceKey: Known] = [:]
  private var elements = 0

  /// Numbers kept in all, 8 bytes each: some samples show a drift as well as all do.
  static let mostElements = 1_000_000
  /// First positions of a sequence that are compared.
  private static let mostPositions = 8

  /// Rows of other texts are further apart than this, nats.
  private static let otherText = 0.3

  /// What a record's samples tell beside earlier ones.
  struct News {
    var shift = ReferenceShift()
    /// The policy's logits at the evaluation before, of each sample; `nil` where they are not known to be of the same tokens.
    var previousPolicies: [[Double]?] = []
  }

  /// Compares the samples of a record with their earlier logits, and keeps what is new.
  mutating func compare(_ samples: [ComparableSample]) -> News {
    var news = News()
    for (index, sample) in samples.enumerated() {
      guard let before = known[sample.key] else {
        news.previousPolicies.append(nil)
        keep(sample)
        continue
      }
      let neighbour = samples.count > 1 ? known[samples[(index + 1) % samples.count].key] : nil
      compare(sample, before, neighbour: neighbour, into: &news.shift)
      news.previousPolicies.append(Self.previousPolicy(sample, before))
      known[sample.key]?.lastReference = sample.reference
      known[sample.key]?.lastPolicy = sample.policy
      known[sample.key]?.lastTargets = sample.targets
      known[sample.key]?.lastTokens = sample.tokens
      elements += (known[sample.key]?.elements ?? 0) - before.elements
    }
    return news
  }

  private mutating func keep(_ sample: ComparableSample) {
    let count = 2 * sample.reference.count + sample.policy.count
    guard count > 0, elements + count <= Self.mostElements else { return }
    elements += count
    known[sample.key] = Known(
      firstReference: sample.reference, lastReference: sample.reference, lastPolicy: sample.policy,
      targets: sample.targets, tokens: sample.tokens, lastTargets: sample.targets, lastTokens: sample.tokens)
  }

  /// The same tokens have the same targets and texts, or else the same logits of the reference.
  private static func previousPolicy(_ sample: ComparableSample, _ before: Known) -> [Double]? {
    guard !before.lastPolicy.isEmpty, before.lastPolicy.count == sample.policy.count else { return nil }
    if sample.reference == before.lastReference { return before.lastPolicy }
    let isNamed = !sample.targets.isEmpty || !sample.tokens.isEmpty
    return isNamed && sample.targets == before.lastTargets && sample.tokens == before.lastTokens
      ? before.lastPolicy : nil
  }

  private func compare(
    _ sample: ComparableSample, _ before: Known, neighbour: Known?, into shift: inout ReferenceShift
  ) {
    let (positions, isKnown) = comparablePositions(sample, before)
    if isKnown, sample.key.isNamed, sample.reference == before.firstReference,
      sample.reference == before.lastReference
    {
      for position in 0..<positions where sample.mask.isEmpty || sample.mask[position] { shift.add(0) }
      return
    }
    for position in 0..<positions where sample.mask.isEmpty || sample.mask[position] || !isKnown {
      let distance = Self.distance(before.firstReference, sample.reference, sample, position)
      if isKnown, sample.key.isNamed {
        shift.add(distance)
      } else if let neighbour, neighbour.firstReference.count == before.firstReference.count {
        shift.add(
          distance, unnamedWith: Self.distance(neighbour.firstReference, sample.reference, sample, position))
      } else if neighbour == nil, sample.key.isNamed, distance < Self.otherText {
        // Another text would be further away.
        shift.add(distance)
      } else {
        continue
      }
      shift.add(
        sinceLast: before.lastReference.count == sample.reference.count
          ? Self.distance(before.lastReference, sample.reference, sample, position) : .nan,
        toLastPolicy: before.lastPolicy.count == sample.reference.count
          && sample.targets == before.lastTargets
          ? Self.distance(before.lastPolicy, sample.reference, sample, position) : .nan)
    }
  }

  /// Positions whose inputs are the same, and whether something says so: those up to the first token that differs.
  ///
  /// A sequence that names no tokens may be another text, or have been sampled anew: only its start may be the same.
  private func comparablePositions(_ sample: ComparableSample, _ before: Known) -> (count: Int, isKnown: Bool)
  {
    let positions = min(
      sample.positions, before.firstReference.count / sample.key.vocabulary, Self.mostPositions)
    if sample.positions == 1 {
      let isSame = sample.targets == before.targets && sample.tokens == before.tokens
      return (isSame ? positions : 0, true)
    }
    if sample.targets.isEmpty && sample.tokens.isEmpty { return (min(1, positions), false) }
    guard sample.targets.count == before.targets.count, sample.tokens.count == before.tokens.count else {
      return (0, true)
    }
    let targets = zip(sample.targets, before.targets).prefix { $0 == $1 }.count
    let tokens = zip(sample.tokens, before.tokens).prefix { $0 == $1 }.count
    // A text that begins with another target may be another text, or the same prompt sampled anew.
    if sample.tokens.isEmpty, targets == 0 { return (min(1, positions), false) }
    // Logits of a position depend on its token and on what comes before its target.
    let sameTargets = sample.targets.isEmpty ? positions : targets + 1
    let sameTokens = sample.tokens.isEmpty ? positions : tokens
    return (min(positions, sameTargets, sameTokens), true)
  }

  private static func distance(
    _ before: [Double], _ now: [Double], _ sample: ComparableSample, _ position: Int
  ) -> Double {
    let range = position * sample.key.vocabulary..<(position + 1) * sample.key.vocabulary
    return RowDivergence.measure(policy: before.span.extracting(range), reference: now.span.extracting(range))
      .policyReference
  }
}

extension ReferenceKey {
  fileprivate var isNamed: Bool { if case .named = name { true } else { false } }
}
