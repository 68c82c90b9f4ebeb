internal import RunModel

/// Finds the convention that explains a logged series at all its steps.
struct ConventionSearch {
  /// A convention that explains the series.
  struct Fit {
    var candidate: ConventionCandidate
    /// Observations it was compared with.
    var observations: [AuditObservation]
    /// √(Σ(logged − computed)² / Σ computed²); 0 where both are zero throughout.
    var relativeError: Double
  }

  struct Result {
    var best: Fit
    /// Other conventions that explain it as well, the simplest first.
    var alternatives: [KLConvention]
  }

  private let observations: [AuditObservation]
  private let rounding: Double
  /// Observations at which conventions differ.
  private let informative: Int

  /// Observations that tell chance from a convention with a free parameter.
  private static let several = 5

  init(_ all: [AuditObservation]) {
    // A value that is no number says nothing beside values that are: a run may diverge.
    let finite = all.filter { $0.logged.isFinite }
    observations = finite.isEmpty ? all : finite
    rounding = DecimalRounding.halfUnit(of: finite.map(\.logged))
    informative = observations.count(where: \.isInformative)
  }

  /// The simplest convention that fits everywhere within rounding; `nil` where none does.
  func exact() -> Result? {
    if !observations.contains(where: { $0.logged.isFinite }) { return notFinite() }
    // Where no observation tells conventions apart, none may win by a difference in rounding.
    for tolerance in informative > 0 ? [Tolerance.tight, .usual] : [.usual] {
      let fits = ConventionCandidate.all.compactMap { exactFit($0, tolerance.rounded(rounding)) }
      if let result = Self.result(fits) { return result }
    }
    return nil
  }

  /// The simplest convention that fits a noisy series, or one of which only samples are known; `nil` where none does.
  func approximate() -> Result? { noisy() ?? sampled() }

  private static func result(_ fits: [Fit]) -> Result? {
    guard let best = fits.first else { return nil }
    var alternatives: [KLConvention] = []
    // A bound that nothing reaches explains nothing.
    for fit in fits.dropFirst()
    where fit.candidate.convention != best.candidate.convention && fit.candidate.convention != .clamped {
      if !alternatives.contains(fit.candidate.convention) { alternatives.append(fit.candidate.convention) }
    }
    return Result(best: best, alternatives: alternatives)
  }

  // MARK: - Exact

  /// A fit where every observation that the candidate is known for agrees.
  private func exactFit(_ candidate: ConventionCandidate, _ tolerance: Tolerance) -> Fit? {
    for observation in observations {
      guard let value = candidate.value(observation.sums) else { continue }
      let scale = candidate.scale(observation.sums)
      if !tolerance.accepts(observation.logged, value, scale: scale) { return nil }
    }
    return fit(candidate)
  }

  /// Observations that say something must be among those a candidate is known for, several where there are several.
  private func fit(_ candidate: ConventionCandidate) -> Fit? {
    // What a candidate is not known for says nothing against it where all conventions agree.
    let known = observations.filter { candidate.value($0.sums) != nil || !$0.isInformative }
    guard known.contains(where: { candidate.value($0.sums) != nil }),
      known.count(where: \.isInformative) >= min(3, informative)
    else { return nil }
    return Fit(candidate: candidate, observations: known, relativeError: relativeError(candidate, known))
  }

  private func relativeError(_ candidate: ConventionCandidate, _ known: [AuditObservation]) -> Double {
    var squares = (error: 0.0, value: 0.0)
    for observation in known {
      guard let value = candidate.value(observation.sums), value.isFinite, observation.logged.isFinite else {
        continue
      }
      squares.error += (observation.logged - value) * (observation.logged - value)
      squares.value += value * value
    }
    return squares.error == 0 ? 0 : (squares.error / squares.value).squareRoot()
  }

  // MARK: - Noisy

  private struct NoisyFit {
    var fit: Fit
    var misses: Int
    var medianError: Double
  }

  /// Nine in ten values within a twentieth, and no bias: what half precision, noise and a stray line leave.
  private func noisy() -> Result? {
    let candidates = informative < Self.several ? ConventionCandidate.plain : ConventionCandidate.all
    let fits = candidates.compactMap(noisyFit)
    guard let best = fits.min(by: { ($0.misses, $0.medianError) < ($1.misses, $1.medianError) }) else {
      return nil
    }
    // A simpler one that is hardly worse explains as much.
    return Self.result(
      fits.filter { $0.misses == best.misses && $0.medianError <= 2 * best.medianError + 1e-4 }.map(\.fit))
  }

  private func noisyFit(_ candidate: ConventionCandidate) -> NoisyFit? {
    guard let fit = fit(candidate) else { return nil }
    let tolerance = Tolerance.loose.rounded(rounding)
    var ratios: [Double] = []
    var misses = 0
    for observation in fit.observations {
      guard let value = candidate.value(observation.sums) else { continue }
      let scale = candidate.scale(observation.sums)
      if !tolerance.accepts(observation.logged, value, scale: scale) { misses += 1 }
      // Most candidates are far off and seen to be so early.
      if misses * 10 > fit.observations.count { return nil }
      if abs(value) > AuditObservation.apart * scale + rounding { ratios.append(observation.logged / value) }
    }
    guard let middle = ratios.median, abs(middle - 1) <= 0.01,
      let error = ratios.map({ abs($0 - 1) }).median
    else { return nil }
    // While models are close, a temperature is but another weight: nothing shows it where a weight explains as much.
    let spread = AuditRatio.spread(of: fit.observations) ?? 0
    if candidate.convention == .temperature, error * 2 > spread { return nil }
    return NoisyFit(fit: fit, misses: misses, medianError: error)
  }

  // MARK: - Where no number can be compared

  /// The series is never a finite number.
  private func notFinite() -> Result? {
    let exact = ConventionCandidate.plain.compactMap { exactFit($0, .usual) }
    if let result = Self.result(exact) { return result }
    guard observations.allSatisfy({ $0.logged.isNaN }), let plain = ConventionCandidate.plain.first else {
      return nil
    }
    let known = observations.filter { $0.sums.rows > 0 }
    guard !known.isEmpty else { return nil }
    if known.allSatisfy({ $0.sums.misuse?.torchGivesNaN == true }) {
      return Result(
        best: Fit(candidate: plain, observations: known, relativeError: 0),
        alternatives: [.logTargetForgotten])
    }
    // The logarithm of a log-probability, which is negative.
    let forgotten = ConventionCandidate(
      convention: .logTargetForgotten, value: { _ in .nan }, scale: { _ in 1 })
    return Result(best: Fit(candidate: forgotten, observations: known, relativeError: 0), alternatives: [])
  }

  /// Without logits the divergence itself is only known within the error of its estimates.
  private func sampled() -> Result? {
    guard let plain = ConventionCandidate.plain.first, !observations.contains(where: { $0.sums.rows > 0 })
    else { return nil }
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
    let error = (squares.error / squares.value).squareRoot()
    return Result(
      best: Fit(candidate: plain, observations: observations, relativeError: error), alternatives: [])
  }
}
