internal import RealModule
internal import RunModel

/// A convention that explains a series.
struct ConventionFit {
  var parts: [KLConvention]
  var detail: String
  /// How much it assumes.
  var cost: Double
  /// What it would have logged at each observation; `nil` where that is not known.
  var values: [Double?]
  /// √(Σ(logged − computed)² / Σ computed²); 0 where both are zero throughout.
  var relativeError: Double
  /// The same of what digits, arithmetic and stored logits leave.
  var noise = 0.0
  /// Logarithm of how likely the logged values are under it, but for a constant.
  var likelihood = 0.0

  var isRight: Bool { parts.count == 1 && parts[0] == .policyReferenceBatchmean }

  /// What an assumption has to gain in likelihood: about ten thousand ways are tried.
  private static let price = 8.0

  /// How well it explains for what it assumes.
  var score: Double { likelihood - Self.price * cost }
}

extension ConventionFit {
  /// - Parameter computed: its values, and how far the log may be from them.
  init(
    _ parts: [KLConvention], _ detail: String, cost: Double, _ computed: CandidateValues,
    _ observations: [AuditObservation]
  ) {
    (self.parts, self.detail, self.cost, values) = (parts, detail, cost, computed.values)
    relativeError = 0
    var squares = (error: 0.0, value: 0.0, noise: 0.0)
    var (logarithm, count) = (0.0, 0)
    for (index, observation) in observations.enumerated() {
      guard let value = computed.values[index], value.isFinite, observation.logged.isFinite else { continue }
      let error = observation.logged - value
      let deviation = computed.deviation(of: observation.logged, at: index)
      squares.error += error * error
      squares.value += value * value
      squares.noise += deviation * deviation
      guard observation.isInformative, deviation > 0 else { continue }
      logarithm -= error * error / (2 * deviation * deviation) + Double.log(deviation)
      count += 1
    }
    if squares.error > 0 { relativeError = (squares.error / squares.value).squareRoot() }
    if squares.value > 0 { noise = (squares.noise / squares.value).squareRoot() }
    // Values that are not known count like those that are.
    let informative = observations.count(where: \.isInformative)
    if count > 0 { likelihood = logarithm / Double(count) * Double(informative) }
  }
}

/// Which of some conventions that explain a series is claimed, and which explain it as well.
struct ConventionCompetition {
  var fits: [ConventionFit]
  /// The right convention, whether it explains the series or not; `nil` where it is not known.
  var right: ConventionFit?

  /// What a mistake has to be better than the right convention.
  private static let clearly = 8.0
  /// Times that a mistake has to be nearer to the log than the right convention, and other steps than their own.
  static let nearer = 3.0
  /// Scores that differ by less tell nothing.
  private static let close = 5.0
  /// Costs that differ by less are alike.
  private static let alike = 0.25

  /// The one that explains best for what it assumes; `nil` where none may be claimed.
  func best() -> ConventionFit? {
    let sorted = fits.sorted { ($0.cost, $0.relativeError) < ($1.cost, $1.relativeError) }
    let admitted = sorted.first(where: \.isRight)
    var best: ConventionFit?
    for fit in sorted where fit.isRight || isNearer(fit) {
      if let admitted, !fit.isRight, fit.score < admitted.score + Self.clearly { continue }
      if let score = best?.score, fit.score <= score { continue }
      best = fit
    }
    return best
  }

  /// True for what is far nearer to the log than the right convention is.
  private func isNearer(_ fit: ConventionFit) -> Bool {
    guard let right, right.relativeError.isFinite, right.relativeError > 0 || fit.relativeError > 0 else {
      return true
    }
    return fit.relativeError * Self.nearer < right.relativeError
  }

  /// Other conventions that explain the series as well as the best, the simplest first.
  func alternatives(to best: ConventionFit) -> [[KLConvention]] {
    var alternatives: [[KLConvention]] = []
    for fit in fits.sorted(by: { ($0.cost, $0.relativeError) < ($1.cost, $1.relativeError) })
    where fit.parts != best.parts && isTie(fit, best) && !alternatives.contains(fit.parts) {
      alternatives.append(fit.parts)
    }
    return alternatives
  }

  private static let plainParts = Set(ConventionCandidate.plain.map(\.parts))

  /// True for a convention that explains as much and assumes no more.
  private func isTie(_ fit: ConventionFit, _ best: ConventionFit) -> Bool {
    guard fit.relativeError <= 2 * best.relativeError + fit.noise + 1e-7 else { return false }
    // Beside the right one only those that nothing here could tell from it.
    if best.isRight { return Self.plainParts.contains(fit.parts) }
    guard fit.score > best.score - Self.close else { return false }
    // Where the policy sampled the labels both are one number; the estimator of samples is what was meant.
    if let labels = Self.ofLabels[best.parts.first ?? .none], fit.parts == [labels] { return false }
    // A bound that nothing reaches explains nothing.
    guard fit.parts != [.clamped], fit.cost <= best.cost + Self.alike else { return false }
    guard areEqual(fit, best) else { return true }
    // The same number under another name for the same rows, or with more assumed.
    return fit.cost <= best.cost
      && fit.parts.filter { !$0.isRowChoice } != best.parts.filter { !$0.isRowChoice }
  }

  /// The same estimators, of the labels of the data.
  private static let ofLabels: [KLConvention: KLConvention] = [
    .k1: .k1OfLabels, .k2: .k2OfLabels, .k3: .k3OfLabels,
  ]

  private func areEqual(_ left: ConventionFit, _ right: ConventionFit) -> Bool {
    zip(left.values, right.values).allSatisfy { left, right in
      guard let left, let right else { return true }
      return abs(left - right) <= 1e-6 * abs(right)
    }
  }
}
