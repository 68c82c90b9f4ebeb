internal import RunModel

/// Finds the convention that explains a logged series at all its steps.
///
/// Candidates compete by how well they fit over all steps and by how little they assume; those that fit as well and are
/// as simple are told as ties.
struct ConventionSearch {
  struct Result {
    var best: ConventionFit
    /// Other conventions that explain it as well, the simplest first.
    var alternatives: [[KLConvention]] = []
    /// Observations that it was compared with.
    var observations: [AuditObservation]
  }

  let observations: [AuditObservation]
  let rounding: LoggedRounding
  /// Observations at which conventions differ.
  let informative: Int
  /// What the rows' choice itself is: the first batch of a step, say.
  let rowsPart: KLConvention?
  private let extraCost: Double
  /// Logits are stored in a type that rounds them.
  private let storesHalves: Bool

  /// Observations that tell chance from a mistake with a parameter, or from two.
  static let several = 5
  static let few = 3

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
    storesHalves = observations.contains { $0.sums.isRounded }
  }

  /// The simplest convention that fits everywhere within rounding; `nil` where none does.
  func exact() -> Result? {
    if !observations.contains(where: { $0.logged.isFinite }) { return notFinite() }
    if let still = standingStill() { return still }
    let levels = FitLevel.all(storesHalves: storesHalves)
    // Where no observation tells conventions apart, none may win by a difference in rounding.
    guard informative > 0, let last = levels.last else {
      return levels.last.flatMap { result(of: fits($0), $0) }
    }
    for level in levels {
      let fits = fits(level)
      if fits.isEmpty { continue }
      // The right one competes with what fits by more than usual rounding.
      let right = self.fits(last, among: ConventionCandidate.plain.filter(\.isRight)).filter(\.isRight)
      if let result = result(of: fits + right, level) { return result }
    }
    return nil
  }

  private func result(of fits: [ConventionFit], _ level: FitLevel) -> Result? {
    let competition = ConventionCompetition(fits: fits, right: right(level))
    guard let best = competition.best() else { return nil }
    let known = zip(observations, best.values).filter { $1 != nil || !$0.isInformative }.map(\.0)
    return Result(best: best, alternatives: competition.alternatives(to: best), observations: known)
  }

  /// The right convention, whether it fits or not; `nil` where it is not known, and of other rows.
  func right(_ level: FitLevel) -> ConventionFit? {
    // Of rows that are not the ones that count nothing is right.
    guard rowsPart == nil, let candidate = ConventionCandidate.plain.first(where: \.isRight) else {
      return nil
    }
    let computed = CandidateValues(candidate, observations, level, rounding)
    guard computed.values.contains(where: { $0 != nil }) else { return nil }
    return ConventionFit(candidate.parts, "", cost: candidate.cost, computed, observations)
  }

  // MARK: - What fits

  /// Every convention that agrees with all observations that it is known for.
  private func fits(_ level: FitLevel, among candidates: [ConventionCandidate] = ConventionCandidate.all)
    -> [ConventionFit]
  {
    var fits: [ConventionFit] = []
    let logged = observations.map(\.logged)
    for candidate in candidates where isAllowed(candidate.cost) {
      // Logits that are stored in half precision cannot tell that they were rounded.
      if storesHalves, candidate.precision == .roundedLogits { continue }
      let computed = CandidateValues(candidate, observations, level, rounding)
      for rule in StepRule.all where isAllowed(rule, candidate) {
        guard let values = rule.values(computed.values, logged: logged) else { continue }
        let detail = [candidate.detail, rule.detail].filter { !$0.isEmpty }.joined(separator: ", ")
        let found = fit(
          candidate.parts + [rule.part].compactMap(\.self), detail, candidate.cost + rule.cost,
          computed.moved(to: values))
        if rule == .same || found.isEmpty {
          fits += found
          continue
        }
        // What hardly changes is like its own value at any other step.
        let own = ConventionFit(candidate.parts, "", cost: candidate.cost, computed, observations)
        fits += found.filter { $0.relativeError * ConventionCompetition.nearer < own.relativeError }
      }
      if candidate.cost <= 1 { fits += multiples(of: candidate, computed) }
    }
    return fits
  }

  /// Few observations fit too much by chance.
  func isAllowed(_ cost: Double) -> Bool {
    let all = cost + extraCost
    return informative >= Self.several || all <= 1.05 || informative >= Self.few && all < 1.35
  }

  private func isAllowed(_ rule: StepRule, _ candidate: ConventionCandidate) -> Bool {
    if rule == .same { return true }
    // Thirty averages over other rows fit anything that moves slowly.
    if rule.part == .movingAverage, !candidate.isRight || rowsPart != nil { return false }
    return candidate.cost <= 1 && isAllowed(candidate.cost + rule.cost)
  }

  /// Error of a mistake that is named, as a share; of one that assumes two things or a parameter.
  private static let greatestError = 0.03
  private static let greatestErrorOfTwo = 0.01
  /// The same where stored logits leave more.
  private static let greatestNoise = 0.08
  /// Deviations in the mean square that stored logits leave.
  private static let mostDeviations = 2.0

  /// A convention where it agrees with every observation that it is known for; else empty.
  func fit(_ names: [KLConvention], _ detail: String, _ cost: Double, _ computed: CandidateValues)
    -> [ConventionFit]
  {
    guard let parts = parts(names), agrees(computed) else { return [] }
    let fit = ConventionFit(parts, detail, cost: cost + extraCost, computed, observations)
    if fit.isRight { return [fit] }
    // A mistake that fits this badly is not known to be one.
    let most =
      cost + extraCost < 1.6
      ? max(Self.greatestError, min(Self.greatestNoise, Self.mostDeviations * fit.noise))
      : max(Self.greatestErrorOfTwo, Self.mostDeviations * digits(of: computed))
    return fit.relativeError <= most && fit.relativeError <= max(1e-3, Self.mostDeviations * fit.noise)
      ? [fit] : []
  }

  /// What is wrong together with the choice of rows; `nil` for more than two mistakes.
  private func parts(_ names: [KLConvention]) -> [KLConvention]? {
    let right = KLConvention.policyReferenceBatchmean
    let mistakes = names.filter { $0 != right } + [rowsPart].compactMap(\.self)
    if mistakes.count > 2 { return nil }
    return mistakes.isEmpty ? [right] : mistakes
  }

  /// True where every observation with a value agrees, and enough of those that tell something have one.
  private func agrees(_ computed: CandidateValues) -> Bool {
    var telling = 0
    var isKnown = false
    for (index, observation) in observations.enumerated() where computed.values[index] != nil {
      isKnown = true
      if !computed.accepts(observation.logged, at: index) { return false }
      if observation.isInformative { telling += 1 }
    }
    return isKnown && telling >= min(Self.few, informative)
  }

  /// What the digits of the log leave, as a share of the root of a sum of squares.
  func digits(of computed: CandidateValues) -> Double {
    var squares = (value: 0.0, half: 0.0)
    for (index, observation) in observations.enumerated() {
      guard let value = computed.values[index], value.isFinite else { continue }
      let half = rounding.halfUnit(at: observation.logged)
      squares.value += value * value
      squares.half += half * half
    }
    return squares.value > 0 ? (squares.half / squares.value).squareRoot() : 0
  }
}
