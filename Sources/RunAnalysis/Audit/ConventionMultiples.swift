internal import RealModule
internal import RunModel

/// A constant times a convention: a weight, a sum over ranks, a division, or masked rows that a mean counts.
extension ConventionSearch {
  /// What a constant costs beside its convention: one that people use, a round one, and any other.
  private static let costs = (usual: 1.4, round: 1.6, other: 2.5)
  private static let greatestCost = 2.7
  /// A whole number of ranks or steps, as a share.
  private static let wholeness = 1e-3
  /// Digits of the log that leave more of the values than this tell no constant.
  private static let mostDigits = 0.01

  /// Every constant multiple that agrees with all observations; at most two.
  func multiples(of candidate: ConventionCandidate, _ computed: CandidateValues) -> [ConventionFit] {
    guard informative >= Self.several, isAllowed(candidate.cost + Self.costs.usual),
      digits(of: computed) <= Self.mostDigits, let ratio = ratio(to: candidate, computed)
    else { return [] }
    let scaled = computed.scaled(by: ratio)
    guard !isBiased(scaled) else { return [] }
    var fits: [ConventionFit] = []
    if let positions = positions(counted: ratio) {
      fits += fit(
        candidate.parts + [.maskedRowsCounted], "sequences of \(positions) positions", candidate.cost + 1.2,
        scaled)
    }
    let (part, detail, cost) = Self.name(of: ratio)
    // More than two things that are assumed explain anything.
    guard candidate.cost + cost < Self.greatestCost else { return fits }
    let details = [candidate.detail, detail].filter { !$0.isEmpty }.joined(separator: ", ")
    return fits + fit(candidate.parts + [part], details, candidate.cost + cost, scaled)
  }

  /// The constant that fits best; `nil` where none is told.
  private func ratio(to candidate: ConventionCandidate, _ computed: CandidateValues) -> Double? {
    var sums = (xy: 0.0, xx: 0.0)
    var (least, greatest) = (Double.infinity, 0.0)
    for (index, observation) in observations.enumerated() {
      guard let value = computed.values[index], value.isFinite else { continue }
      sums.xy += value * observation.logged
      sums.xx += value * value
      if observation.isInformative { least = min(least, abs(value)) }
      greatest = max(greatest, abs(value))
    }
    // What hardly changes is a multiple of anything that does not.
    guard sums.xx > 0, greatest > 1.2 * least else { return nil }
    let ratio = sums.xy / sums.xx
    guard ratio > 0, abs(ratio - 1) > 0.01 else { return nil }
    let isNoisy = computed.dumpError * computed.dumpError * Double(observations.count) > 1e-6 * sums.xx
    if isNoisy {
      // Beside noise a weight near 1, or one of another mistake, explains too much.
      guard candidate.isRight, ratio < 0.5 || ratio > 2 || abs(ratio - ratio.rounded()) < 0.01 else {
        return nil
      }
    } else if candidate.cost > 0, candidate.parts != [.referencePolicyBatchmean] {
      return nil
    }
    return ratio
  }

  /// The same sign of error nearly everywhere is no noise.
  func isBiased(_ computed: CandidateValues) -> Bool {
    var signs: [Double] = []
    for (index, observation) in observations.enumerated() where observation.isInformative {
      guard let value = computed.values[index] else { continue }
      let error = observation.logged - value
      // Digits that are cut off say nothing of the sign.
      let told = 2e-6 * abs(value) + rounding.halfUnit(at: observation.logged)
      if abs(error) > told { signs.append(error > 0 ? 1 : -1) }
    }
    return signs.count >= 6 && abs(signs.reduce(0, +)) == Double(signs.count)
  }

  /// How long sequences are if a part of the mean is that of rows that do not count; `nil` where it cannot be.
  ///
  /// Reduced rows hold only rows that count: of those that do not, their number is all there is to find.
  private func positions(counted ratio: Double) -> Int? {
    guard ratio < 1, rowsPart == nil, let sums = observations.first(where: \.isInformative)?.sums,
      !sums.knowsLogits, sums.positions > 1, sums.samples > 0
    else { return nil }
    let length = Double(sums.rows) / (ratio * Double(sums.samples))
    let whole = length.rounded()
    guard abs(length - whole) <= 3e-4 * whole + Double(sums.rows) * 1e-5, whole >= Double(sums.positions),
      whole <= 2 * Double(sums.positions) + 2
    else { return nil }
    return Int(whole)
  }

  private static func name(of ratio: Double) -> (part: KLConvention, detail: String, cost: Double) {
    let whole = ratio.rounded(), part = (1 / ratio).rounded()
    let isPowerOfTwo = Int(exactly: part).map { $0 > 0 && $0 & ($0 - 1) == 0 } ?? false
    if whole >= 2, whole <= 65_536, abs(ratio - whole) <= wholeness * whole {
      return (
        .multiplied, "times \(Int(whole)), as a sum over \(Int(whole)) ranks or batches is", costs.usual
      )
    }
    if part >= 2, part <= 4096, isPowerOfTwo, abs(1 / ratio - part) <= wholeness * part {
      return (.divided, "divided by \(Int(part)), as steps of accumulation are", costs.usual)
    }
    let isPart = abs(1 / ratio - part) <= wholeness * part
    let other = isPart ? ", or divided by \(SentenceNumber.text(part))" : ""
    return (
      .multiplied, "times \(SentenceNumber.text(ratio)), as a weight is\(other)",
      isRound(ratio) ? costs.round : costs.other
    )
  }

  /// True for a number of at most two digits, as people choose weights.
  private static func isRound(_ ratio: Double) -> Bool {
    let unit = Double.pow(10, Double.log10(ratio).rounded(.down) - 1)
    let digits = (ratio / unit).rounded()
    return abs(ratio / unit - digits) <= wholeness * digits
  }
}
