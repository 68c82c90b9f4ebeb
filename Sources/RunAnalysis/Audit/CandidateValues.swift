internal import RealModule
internal import RunModel

/// What a convention gives for every observation, and how far the log may rightly be from it.
struct CandidateValues {
  var values: [Double?]
  private var scales: [Double]
  /// Standard deviations of what the type of stored logits leaves of each value; 0 where figures are of these very logits.
  private var dumpErrors: [Double]
  private let tolerance: Tolerance
  private let rounding: LoggedRounding

  /// Standard deviations that a value may be off.
  private static let most = 4.0
  /// Neighbouring evaluations whose moves tell the deviation of one.
  private static let neighbours = 2
  /// What float32 leaves in the mean, as a share of what is tolerated.
  private static let usualShare = 0.25

  init(
    _ candidate: ConventionCandidate, _ observations: [AuditObservation], _ level: FitLevel,
    _ rounding: LoggedRounding
  ) {
    self.rounding = rounding
    values = observations.map { candidate.value($0.sums) }
    scales = observations.map { candidate.scale($0.sums) }
    dumpErrors = Array(repeating: 0, count: values.count)
    // Arithmetic that rounds everything gives the same of rounded logits.
    let isExact = candidate.precision == .half && observations.contains { $0.sums.isRounded }
    tolerance = isExact ? level.tolerance : level.tolerance.loosened(by: candidate.slack)
    guard level.allowsDumps, !isExact else { return }
    let moves = zip(observations, values).map { observation, value in
      observation.sums.moved.compactMap { moved in
        value.flatMap { value in candidate.value(moved).flatMap { abs($0 - value).finite } }
      }
    }
    dumpErrors = moves.indices.map { index in
      let near = moves[max(0, index - Self.neighbours)...min(moves.count - 1, index + Self.neighbours)]
        .joined()
      let squares = near.reduce((sum: 0.0, count: 0.0)) { ($0.sum + $1 * $1, $0.count + 1) }
      return squares.count > 0 ? (squares.sum / squares.count).squareRoot() : 0
    }
  }

  /// The same times a number.
  func scaled(by factor: Double) -> CandidateValues {
    var result = self
    result.values = values.map { $0.map { $0 * factor } }
    result.scales = scales.map { $0 * abs(factor) }
    result.dumpErrors = dumpErrors.map { $0 * abs(factor) }
    return result
  }

  /// The same of other steps.
  func moved(to values: [Double?]) -> CandidateValues {
    var result = self
    result.values = values
    return result
  }

  /// True where a logged value may be this one.
  func accepts(_ logged: Double, at index: Int) -> Bool {
    guard let value = values[index] else { return true }
    let allowed = tolerance.rounded(rounding.halfUnit(at: logged) + Self.most * dumpErrors[index])
    return allowed.accepts(logged, value, scale: scales[index])
  }

  /// Standard deviation that digits, arithmetic and stored logits leave of a value.
  func deviation(of logged: Double, at index: Int) -> Double {
    let value = values[index] ?? 0
    let arithmetic =
      Self.usualShare * (tolerance.relative * abs(value) + tolerance.absolute * scales[index])
    let digits = rounding.halfUnit(at: logged) / 3.0.squareRoot()
    let dump = dumpErrors[index]
    return (arithmetic * arithmetic + digits * digits + dump * dump).squareRoot()
  }

  /// The part of it that stored logits leave, in the mean square.
  var dumpError: Double {
    (dumpErrors.reduce(0) { $0 + $1 * $1 } / Double(max(1, dumpErrors.count))).squareRoot()
  }
}

/// How closely conventions are held against a log.
struct FitLevel {
  var tolerance: Tolerance
  /// True where logits may have been rounded when they were stored, after the figures were computed.
  var allowsDumps = false

  /// The closest first: what explains a log to the last digit is not one of many that explain it within rounding.
  static func all(storesHalves: Bool) -> [FitLevel] {
    storesHalves
      ? [
        FitLevel(tolerance: .tight), FitLevel(tolerance: .tight, allowsDumps: true),
        FitLevel(tolerance: .usual, allowsDumps: true),
      ] : [FitLevel(tolerance: .tight), FitLevel(tolerance: .usual)]
  }
}
