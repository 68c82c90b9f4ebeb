internal import Divergence

/// One sample's logits of the reference with what tells whether its inputs are the same as before.
struct ReferenceSample {
  var key: ReferenceKey
  /// T × V, T at most `FirstReferences.mostPositions`.
  var logits: [Double]
  /// T indices of the right class, −1 for none; empty without targets.
  var targets: [Int]
  /// T texts, or empty.
  var tokens: [String]
  /// T, or empty where every position counts.
  var mask: [Bool]

  var positions: Int { key.vocabulary > 0 ? logits.count / key.vocabulary : 0 }

  /// The row of one position; `position` must be below `positions`.
  func row(_ position: Int) -> ArraySlice<Double> {
    logits[position * key.vocabulary..<(position + 1) * key.vocabulary]
  }
}

/// The first logits of the reference that each sample came with: those of later steps should be the same.
struct FirstReferences: Sendable {
  private struct First {
    var logits: [Double]
    var targets: [Int]
    var tokens: [String]
  }

  private var known: [ReferenceKey: First] = [:]
  private var elements = 0

  /// Numbers kept in all, 8 bytes each: some samples show a drift as well as all do.
  static let mostElements = 500_000
  /// First positions of a sequence that are compared.
  static let mostPositions = 8

  /// Compares the samples of a record with their first logits, and keeps what is new.
  mutating func shift(of samples: [ReferenceSample]) -> ReferenceShift {
    var shift = ReferenceShift()
    for (index, sample) in samples.enumerated() {
      guard let first = known[sample.key] else {
        keep(sample)
        continue
      }
      let neighbour = known[samples[(index + 1) % samples.count].key]
      compare(sample, first, neighbour: neighbour, into: &shift)
    }
    return shift
  }

  private mutating func keep(_ sample: ReferenceSample) {
    let count = sample.logits.count
    guard count > 0, elements + count <= Self.mostElements else { return }
    elements += count
    known[sample.key] = First(
      logits: sample.logits, targets: sample.targets, tokens: sample.tokens)
  }

  private func compare(
    _ sample: ReferenceSample, _ first: First, neighbour: First?, into shift: inout ReferenceShift
  ) {
    for position in 0..<comparablePositions(sample, first) where sample.mask.isEmpty || sample.mask[position]
    {
      let distance = Self.distance(from: first, to: sample, position)
      if case .named = sample.key.name {
        shift.add(distance)
      } else if let neighbour, neighbour.logits.count == first.logits.count {
        shift.add(distance, unnamedWith: Self.distance(from: neighbour, to: sample, position))
      }
    }
  }

  /// Positions whose inputs are the same: those up to the first token that differs. Where a sequence names no tokens
  /// it may have been sampled anew, and only its start is the same.
  private func comparablePositions(_ sample: ReferenceSample, _ first: First) -> Int {
    let positions = min(sample.positions, first.logits.count / sample.key.vocabulary)
    if sample.positions == 1 {
      return sample.targets == first.targets && sample.tokens == first.tokens ? positions : 0
    }
    if sample.targets.isEmpty && sample.tokens.isEmpty { return min(1, positions) }
    guard sample.targets.count == first.targets.count, sample.tokens.count == first.tokens.count else {
      return 0
    }
    let targets = zip(sample.targets, first.targets).prefix { $0 == $1 }.count
    let tokens = zip(sample.tokens, first.tokens).prefix { $0 == $1 }.count
    // Logits of a position depend on its token and on what comes before its target.
    let sameTargets = sample.targets.isEmpty ? positions : targets + 1
    let sameTokens = sample.tokens.isEmpty ? positions : tokens
    return min(positions, sameTargets, sameTokens)
  }

  private static func distance(from first: First, to sample: ReferenceSample, _ position: Int) -> Double {
    let vocabulary = sample.key.vocabulary
    let before = Array(first.logits[position * vocabulary..<(position + 1) * vocabulary])
    let now = Array(sample.row(position))
    return RowDivergence.measure(policy: before.span, reference: now.span).policyReference
  }
}
