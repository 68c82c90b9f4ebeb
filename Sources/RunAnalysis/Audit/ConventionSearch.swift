internal import RealModule
internal import RunModel

/// Finds the convention that explains a logged series at all its steps.
///
/// Candidates compete by how well they fit over all steps and by how little they assume; those that fit as well and are
/// as simple are told as ties.
struct ConventionSearch {
  /// A convention that explains the series.
  struct Fit {
    var parts: [KLConvention]
    var detail: String
    var cost: Double
    /// What it would have logged at each observation; `nil` where that is not known.
    var values: [Double?]
    /// √(Σ(logged − computed)² / Σ computed²); 0 where both are zero throughout.
    var relativeError: Double
    /// The same of what rounding leaves.
    var noise: Double
  }

  struct Result {
    var best: Fit
    /// Other conventions that explain it as well, the simplest first.
    var alternatives: [[KLConvention]]
    /// Observations that it was compared with.
    var observations: [AuditObservation]
  }

  private let observations: [AuditObservation]
  private let rounding: LoggedRounding
  /// Observations at which conventions differ.
  private let informative: Int
  /// What the rows' choice itself is: the first batch of a step, say.
  private let rowsPart: KLConvention?
  private let extraCost: Double

  /// Observations that tell chance from a mistake with a parameter, or from two.
  private static let several = 5
  private static let few = 3

  /// - Parameters:
  ///   - part: what is wrong with these rows already; `nil` where they are the ones that count.
  ///   - cost: what a reading assumes.
  init(_ all: [AuditObservation], part: KLConvention? = nil, cost: Double = 0) {
    // A value that is no number says nothing beside values that are: a run may diverge.
    let finite = all.filter { $0.logged.isFinite }
    observations = finite.isEmpty ? all : finite
    rounding = LoggedRounding(of: finite.map(\.logged))
    informative = observations.count(where: \.isInformative)
    rowsPart = part
    extraCost = cost
  }

  /// The simplest convention that fits everywhere within rounding; `nil` where none does.
  func exact() -> Result? {
    if !observations.contains(where: { $0.logged.isFinite }) { return notFinite() }
    if let still = standingStill() { return still }
    // Where no observation tells conventions apart, none may win by a difference in rounding.
    for tolerance in informative > 0 ? [Tolerance.tight, .usual] : [.usual] {
      let fits = fits(tolerance)
      if fits.isEmpty, tolerance == .tight { continue }
      // The right one competes with what fits by more than usual rounding.
      if let result = choose(fits + rightFits) { return result }
    }
    return nil
  }

  /// Times what rounding leaves in the mean square that the right convention may be off: a single step may be off by more.
  private static let rightTimes = 2.5

  /// The right convention within usual rounding.
  private var rightFits: [Fit] {
    var fits: [Fit] = []
    for candidate in ConventionCandidate.plain where candidate.isRight {
      let computed = Computed(candidate, observations)
      add(candidate, computed, computed.values, rule: .same, to: &fits, .usual)
      guard fits.isEmpty, computed.noise > 0,
        let fit = self.fit(
          candidate.parts, candidate.detail, candidate.cost, computed.values, computed),
        fit.relativeError <= Self.rightTimes * fit.noise
      else { continue }
      fits.append(fit)
    }
    return fits
  }

  /// The simplest convention that fits a noisy series, or one of which only samples are known; `nil` where none does.
  func approximate() -> Result? { noisy() ?? sampled() }

  // MARK: - Competition

  /// How many times better a convention that assumes more has to fit …
  private static let betterThanMistake = 4.0
  /// … and than the right one.
  private static let betterThanRight = 10.0
  /// Costs that differ by less are alike.
  private static let alike = 0.25

  private func choose(_ fits: [Fit]) -> Result? {
    let sorted = fits.sorted { ($0.cost, $0.relativeError) < ($1.cost, $1.relativeError) }
    guard var best = sorted.first else { return nil }
    for fit in sorted.dropFirst() {
      let isRight = best.parts == [.policyReferenceBatchmean]
      let times = isRight ? Self.betterThanRight : Self.betterThanMistake
      // Among mistakes that are alike the one that fits better counts; a detail never outweighs a mistake more.
      let needed = fit.cost - best.cost < Self.alike && !isRight ? 1.5 : times
      if fit.relativeError * needed + fit.noise + 1e-9 < best.relativeError { best = fit }
    }
    var alternatives: [[KLConvention]] = []
    for fit in sorted where fit.parts != best.parts && isTie(fit, best) && !alternatives.contains(fit.parts) {
      alternatives.append(fit.parts)
    }
    return Result(best: best, alternatives: alternatives, observations: known(best))
  }

  private static let plainParts = Set(ConventionCandidate.plain.map(\.parts))

  /// True for a convention that explains as much and assumes no more.
  private func isTie(_ fit: Fit, _ best: Fit) -> Bool {
    guard fit.relativeError <= 2 * best.relativeError + fit.noise + 1e-7 else { return false }
    // Beside the right one only those that nothing here could tell from it.
    if best.parts == [.policyReferenceBatchmean] { return Self.plainParts.contains(fit.parts) }
    // Where the policy sampled the labels both are one number; the estimator of samples is what was meant.
    if let labels = Self.ofLabels[best.parts.first ?? .none], fit.parts == [labels] { return false }
    // A bound that nothing reaches explains nothing.
    guard fit.parts != [.clamped], fit.cost <= best.cost + Self.alike else { return false }
    return !(fit.cost > best.cost && areEqual(fit, best))
  }

  /// The same estimators, of the labels of the data.
  private static let ofLabels: [KLConvention: KLConvention] = [
    .k1: .k1OfLabels, .k2: .k2OfLabels, .k3: .k3OfLabels,
  ]

  private func areEqual(_ left: Fit, _ right: Fit) -> Bool {
    zip(left.values, right.values).allSatisfy { left, right in
      guard let left, let right else { return true }
      return abs(left - right) <= 1e-6 * abs(right)
    }
  }

  private func known(_ fit: Fit) -> [AuditObservation] {
    zip(observations, fit.values).filter { $1 != nil || !$0.isInformative }.map(\.0)
  }

  // MARK: - Exact

  /// Every convention that agrees with all observations that it is known for.
  private func fits(_ tolerance: Tolerance) -> [Fit] {
    var fits: [Fit] = []
    let areHalves = observations.contains { $0.sums.moved != nil }
    for candidate in ConventionCandidate.all where isAllowed(candidate.cost) {
      // Logits that are stored in half precision cannot tell arithmetic in it.
      if areHalves, candidate.isHalfPrecision { continue }
      let computed = Computed(candidate, observations)
      for rule in StepRule.all
      where rule == .same || (candidate.cost <= 1 && isAllowed(candidate.cost + rule.cost)) {
        // Thirty averages over other rows fit anything that moves slowly.
        if rule.part == .movingAverage, !candidate.isRight || rowsPart != nil { continue }
        guard let values = rule.values(computed.values, logged: observations.map(\.logged)) else { continue }
        add(candidate, computed, values, rule: rule, to: &fits, tolerance)
      }
      if candidate.cost <= 1 { addMultiple(candidate, computed, to: &fits, tolerance) }
    }
    return fits
  }

  /// Few observations fit too much by chance.
  private func isAllowed(_ cost: Double) -> Bool {
    let all = cost + extraCost
    return informative >= Self.several || all <= 1.05 || informative >= Self.few && all < 1.35
  }

  private func add(
    _ candidate: ConventionCandidate, _ computed: Computed, _ values: [Double?], rule: StepRule,
    to fits: inout [Fit], _ tolerance: Tolerance
  ) {
    guard agrees(values, computed, tolerance) else { return }
    var parts = candidate.parts
    if let part = rule.part {
      if parts == [.policyReferenceBatchmean] { parts = [] }
      parts.append(part)
    }
    let details = [candidate.detail, rule.detail].filter { !$0.isEmpty }.joined(separator: ", ")
    if let fit = fit(parts, details, candidate.cost + rule.cost, values, computed) { fits.append(fit) }
  }

  /// True where every observation with a value agrees, and enough of those that tell something have one.
  private func agrees(_ values: [Double?], _ computed: Computed, _ tolerance: Tolerance) -> Bool {
    var telling = 0
    var isKnown = false
    for (index, observation) in observations.enumerated() {
      guard let value = values[index] else { continue }
      isKnown = true
      let half = rounding.halfUnit(at: observation.logged)
      let allowed = tolerance.loosened(by: computed.slack).rounded(half + computed.allowance(at: index))
      if !allowed.accepts(observation.logged, value, scale: computed.scales[index]) { return false }
      if observation.isInformative { telling += 1 }
    }
    return isKnown && telling >= min(Self.few, informative)
  }

  private func fit(
    _ parts: [KLConvention], _ detail: String, _ cost: Double, _ values: [Double?], _ computed: Computed
  ) -> Fit? {
    var parts = parts
    if let rowsPart {
      if parts == [.policyReferenceBatchmean] { parts = [] }
      parts.append(rowsPart)
    }
    if parts.count > 2 { return nil }
    var squares = (error: 0.0, value: 0.0, noise: 0.0)
    for (index, observation) in observations.enumerated() {
      guard let value = values[index], value.isFinite, observation.logged.isFinite else { continue }
      squares.error += (observation.logged - value) * (observation.logged - value)
      squares.value += value * value
      let noise = rounding.halfUnit(at: observation.logged) + computed.noise + 6e-8 * abs(value)
      squares.noise += noise * noise
    }
    let error = squares.error == 0 ? 0 : (squares.error / squares.value).squareRoot()
    let isRight = parts == [.policyReferenceBatchmean]
    // A mistake that fits this badly is not known to be one.
    guard isRight || error <= max(Self.greatestError, 2 * rounded(squares.value)) else { return nil }
    return Fit(
      parts: parts, detail: detail, cost: cost + extraCost, values: values, relativeError: error,
      noise: squares.value > 0 ? (squares.noise / squares.value).squareRoot() : 0)
  }

  /// Error of a mistake that is named, as a share.
  private static let greatestError = 0.03

  /// What the digits of the log leave, as a share of the root of a sum of squares.
  private func rounded(_ squares: Double) -> Double {
    let halves = observations.reduce(0.0) { sum, observation in
      let half = rounding.halfUnit(at: observation.logged)
      return sum + half * half
    }
    return squares > 0 ? (halves / squares).squareRoot() : 0
  }

  // MARK: - A weight

  private static let wholeness = 1e-3

  private func addMultiple(
    _ candidate: ConventionCandidate, _ computed: Computed, to fits: inout [Fit], _ tolerance: Tolerance
  ) {
    let cost = candidate.cost + 1.4
    guard informative >= Self.several, isAllowed(cost) else { return }
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
    guard sums.xx > 0, greatest > 1.2 * least else { return }
    let ratio = sums.xy / sums.xx
    guard ratio > 0, abs(ratio - 1) > 0.01 else { return }
    let isNoisy = computed.noise * computed.noise * Double(observations.count) > 1e-6 * sums.xx
    if isNoisy {
      // Beside noise a weight near 1, or one of another mistake, explains too much.
      guard candidate.isRight, ratio < 0.5 || ratio > 2 || abs(ratio - ratio.rounded()) < 0.01 else { return }
    } else if candidate.cost > 0, candidate.parts != [.referencePolicyBatchmean] {
      return
    }
    let values = computed.values.map { $0.map { $0 * ratio } }
    guard agrees(values, computed.scaled(by: ratio), Tolerance.multiple), !isBiased(values) else { return }
    let (part, detail) = Self.name(of: ratio)
    var parts = candidate.parts == [.policyReferenceBatchmean] ? [] : candidate.parts
    parts.append(part)
    let details = [candidate.detail, detail].filter { !$0.isEmpty }.joined(separator: ", ")
    if let fit = fit(parts, details, cost, values, computed.scaled(by: ratio)) { fits.append(fit) }
  }

  /// The same sign of error nearly everywhere is no noise.
  private func isBiased(_ values: [Double?]) -> Bool {
    var signs: [Double] = []
    for (index, observation) in observations.enumerated() where observation.isInformative {
      guard let value = values[index] else { continue }
      let error = observation.logged - value
      if abs(error) > 2e-6 * abs(value) { signs.append(error > 0 ? 1 : -1) }
    }
    return signs.count >= 6 && abs(signs.reduce(0, +)) == Double(signs.count)
  }

  private static func name(of ratio: Double) -> (KLConvention, String) {
    let whole = ratio.rounded(), part = (1 / ratio).rounded()
    let isPowerOfTwo = Int(exactly: part).map { $0 > 0 && $0 & ($0 - 1) == 0 } ?? false
    if whole >= 2, whole <= 65_536, abs(ratio - whole) <= wholeness * whole {
      return (.multiplied, "times \(Int(whole)), as a sum over \(Int(whole)) ranks or batches is")
    }
    if part >= 2, part <= 4096, isPowerOfTwo, abs(1 / ratio - part) <= wholeness * part {
      return (.divided, "divided by \(Int(part)), as steps of accumulation are")
    }
    let other =
      abs(1 / ratio - part) <= wholeness * part ? ", or divided by \(SentenceNumber.text(part))" : ""
    return (.multiplied, "times \(SentenceNumber.text(ratio)), as a weight is\(other)")
  }

  // MARK: - Values that stand still

  /// Every value is 0, or the same number, though the models move.
  private func standingStill() -> Result? {
    guard informative >= Self.few, let first = observations.first?.logged else { return nil }
    let computed = observations.compactMap(\.sums.meanPolicyReference).filter(\.isFinite)
    guard computed.count == observations.count, let greatest = computed.max(),
      greatest > 1.3 * (computed.min() ?? 0), greatest > 10 * AuditObservation.apart
    else { return nil }
    let isZero = observations.allSatisfy { abs($0.logged) <= 1e-7 }
    guard isZero || observations.allSatisfy({ $0.logged == first }) else { return nil }
    var detail = ""
    if !isZero,
      let step = zip(observations, computed).first(where: { abs($1 - first) <= 1e-3 * first })?.0.step
    {
      detail = "that of step \(step)"
    }
    let fit = Fit(
      parts: [isZero ? .zero : .constant], detail: detail, cost: 1, values: observations.map(\.logged),
      relativeError: 0, noise: 0)
    return Result(best: fit, alternatives: [], observations: observations)
  }

  // MARK: - Noisy

  /// Nine in ten values within a twentieth, and no bias: what another forward pass in half precision leaves.
  private func noisy() -> Result? {
    guard informative >= Self.several, rowsPart == nil else { return nil }
    let fits = ConventionCandidate.plain.compactMap { candidate -> Fit? in
      let computed = Computed(candidate, observations)
      var ratios: [Double] = []
      var misses = 0
      for (index, observation) in observations.enumerated() {
        guard let value = computed.values[index] else { return nil }
        let half = rounding.halfUnit(at: observation.logged)
        let tolerance = Tolerance.loose.rounded(half + computed.allowance(at: index))
        if !tolerance.accepts(observation.logged, value, scale: computed.scales[index]) { misses += 1 }
        if abs(value) > AuditObservation.apart * computed.scales[index] + half {
          ratios.append(observation.logged / value)
        }
      }
      guard misses * 10 <= observations.count, let middle = ratios.median, abs(middle - 1) <= 0.01,
        !isBiased(computed.values)
      else { return nil }
      return fit(candidate.parts, candidate.detail, candidate.cost, computed.values, computed)
    }
    guard let least = fits.map(\.relativeError).min() else { return nil }
    return choose(fits.filter { $0.relativeError <= 2 * least + 1e-4 })
  }

  // MARK: - Where no number can be compared

  /// The series is never a finite number.
  private func notFinite() -> Result? {
    func result(_ part: KLConvention, _ alternatives: [[KLConvention]] = []) -> Result {
      let fit = Fit(
        parts: [part], detail: "", cost: 0, values: observations.map(\.sums.meanPolicyReference),
        relativeError: 0, noise: 0)
      return Result(
        best: fit, alternatives: alternatives, observations: observations.filter { $0.sums.rows > 0 })
    }
    let plain = ConventionCandidate.plain.filter { candidate in
      observations.allSatisfy { observation in
        candidate.value(observation.sums).map {
          Tolerance.usual.accepts(observation.logged, $0, scale: 1)
        } ?? (observation.sums.rows == 0)
      }
    }
    guard observations.contains(where: { $0.sums.rows > 0 }) else { return nil }
    if let first = plain.first { return result(first.parts[0]) }
    // Masks that differ make it infinite or no number, which is a finding of its own.
    if observations.contains(where: \.sums.masksDiffer) { return result(.policyReferenceBatchmean) }
    guard observations.allSatisfy(\.logged.isNaN) else { return nil }
    if observations.allSatisfy({ $0.sums.rows == 0 || $0.sums.torchGivesNaN }) {
      return result(.policyReferenceBatchmean, [[.logTargetForgotten]])
    }
    // The logarithm of a log-probability, which is negative.
    return result(.logTargetForgotten)
  }

  /// Without logits the divergence itself is only known within the error of its estimates.
  private func sampled() -> Result? {
    guard rowsPart == nil, !observations.contains(where: { $0.sums.rows > 0 }) else { return nil }
    var (distance, variance) = (0.0, 0.0)
    var squares = (error: 0.0, value: 0.0)
    for observation in observations {
      guard let tokens = observation.sums.tokens, TokenOrigin(tokens.sampledFrom) == .policy,
        let error = tokens.k3.standardError
      else { return nil }
      let apart = observation.logged - tokens.k3.mean
      distance += apart
      variance += error * error
      squares.error += apart * apart
      squares.value += tokens.k3.mean * tokens.k3.mean
    }
    guard abs(distance) <= 3 * variance.squareRoot(), squares.value > 0 else { return nil }
    let fit = Fit(
      parts: [.policyReferenceBatchmean], detail: "", cost: 0,
      values: observations.map { $0.sums.tokens?.k3.mean },
      relativeError: (squares.error / squares.value).squareRoot(), noise: 0)
    return Result(best: fit, alternatives: [], observations: observations)
  }
}

/// What a candidate gives for every observation.
private struct Computed {
  var values: [Double?]
  var scales: [Double]
  /// What the type of the logits leaves of each value, and of all in the mean square.
  private var moves: [Double]
  private(set) var noise: Double
  /// What another order of operations leaves, as a share.
  let slack: Double

  /// Times what the type of the logits leaves that is allowed.
  private static let times = 4.0

  init(_ candidate: ConventionCandidate, _ observations: [AuditObservation]) {
    slack = candidate.slack
    values = observations.map { candidate.value($0.sums) }
    scales = observations.map { candidate.scale($0.sums) }
    moves = zip(observations, values).map { observation, value in
      guard let value, let moved = observation.sums.moved.flatMap({ candidate.value($0) }) else { return 0 }
      return abs(moved - value).finite ?? 0
    }
    noise = (moves.reduce(0) { $0 + $1 * $1 } / Double(max(1, moves.count))).squareRoot()
  }

  func allowance(at index: Int) -> Double { Self.times * max(moves[index], noise) }

  func scaled(by factor: Double) -> Computed {
    var result = self
    result.moves = moves.map { $0 * abs(factor) }
    result.noise *= abs(factor)
    return result
  }
}
