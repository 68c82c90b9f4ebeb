internal import RunModel

/// Series that no convention gives value by value.
extension ConventionSearch {
  /// Every value is 0, or the same number, though the models move.
  func standingStill() -> Result? {
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
    let fit = ConventionFit(
      parts: [isZero ? .zero : .constant], detail: detail, cost: 1, values: observations.map(\.logged),
      relativeError: 0)
    return Result(best: fit, observations: observations)
  }

  /// The simplest convention that fits a noisy series, or one of which only samples are known; `nil` where none does.
  func approximate() -> Result? { noisy() ?? sampled() }

  /// Nine in ten values within a twentieth, and no bias: what another forward pass in half precision leaves.
  private func noisy() -> Result? {
    guard informative >= Self.several, rowsPart == nil else { return nil }
    let level = FitLevel(tolerance: .loose, allowsDumps: true)
    let fits = ConventionCandidate.plain.compactMap { candidate -> ConventionFit? in
      let computed = CandidateValues(candidate, observations, level, rounding)
      guard isNear(computed, candidate), !isBiased(computed) else { return nil }
      return ConventionFit(candidate.parts, candidate.detail, cost: candidate.cost, computed, observations)
    }
    guard let least = fits.map(\.relativeError).min() else { return nil }
    // Another formula has to be so much nearer than the right one that no noise and no other rows make it so.
    let error = right(level)?.relativeError ?? .infinity
    let best =
      fits.first { $0.isRight && $0.relativeError <= Self.farNearer * least }
      ?? fits.first { $0.relativeError == least && least * Self.farNearer < error }
    return best.map { Result(best: $0, observations: observations) }
  }

  private static let farNearer = 20.0

  private func isNear(_ computed: CandidateValues, _ candidate: ConventionCandidate) -> Bool {
    var ratios: [Double] = []
    var misses = 0
    for (index, observation) in observations.enumerated() {
      guard let value = computed.values[index] else { return false }
      if !computed.accepts(observation.logged, at: index) { misses += 1 }
      let least =
        AuditObservation.apart * candidate.scale(observation.sums)
        + rounding.halfUnit(at: observation.logged)
      if abs(value) > least { ratios.append(observation.logged / value) }
    }
    guard misses * 10 <= observations.count, let middle = ratios.median else { return false }
    return abs(middle - 1) <= 0.01
  }

  /// The series is never a finite number.
  func notFinite() -> Result? {
    func result(_ part: KLConvention, _ alternatives: [[KLConvention]] = []) -> Result {
      let fit = ConventionFit(
        parts: [part], detail: "", cost: 0, values: observations.map(\.sums.meanPolicyReference),
        relativeError: 0)
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
    let fit = ConventionFit(
      parts: [.policyReferenceBatchmean], detail: "", cost: 0,
      values: observations.map { $0.sums.tokens?.k3.mean },
      relativeError: (squares.error / squares.value).squareRoot())
    return Result(best: fit, observations: observations)
  }
}
