internal import RealModule
internal import RunLog
package import RunModel

/// What one logged KL is.
package struct SeriesAudit: Sendable, Hashable {
  /// Key of the series.
  package var logged: String
  /// What it is: the right convention alone, or what is wrong, one part or two.
  package var parts: [KLConvention]
  /// What the convention's name leaves out, for a sentence; else empty.
  package var detail: String
  /// Logged ÷ D(policy‖reference)/batchmean, over all steps; `nil` where that is not known or zero.
  package var ratio: Double?
  /// √(Σ(logged − computed)² / Σ computed²) under the convention; of `none` under the right one; `nil` where neither
  /// is known.
  package var relativeError: Double?
  /// Steps that were compared.
  package var steps: Int
  /// Of these, steps at which conventions differ: what the conclusion rests on.
  var tellingSteps: Int
  /// First step that was compared.
  var firstStep: Int
  /// Other conventions that explain it as well, the simplest first.
  package var alternatives: [[KLConvention]]
  /// How far the reference moved, nats a row; `nil` where it did not or nobody can tell.
  var shift: Double?
  /// The first step at which it is not what the logits give, what was logged there, and what they give.
  var contradiction: Contradiction?
  /// Only rows are left of the logits, so that not every convention could be tried.
  var needsLogits = false
  /// The key names a term of a loss, which may carry a weight.
  var isTermOfLoss = false
  /// Where its rows are, as findings call it.
  var probe = ""

  struct Contradiction: Sendable, Hashable {
    var step: Int
    var logged: Double
    var computed: Double
  }

  package enum Verdict: String, Sendable, Hashable {
    /// D(policy‖reference), mean over rows, in nats.
    case right
    /// Something else, which is named unless it is `none`.
    case wrong
    /// Nothing contradicts it, and nothing proves it.
    case open
  }

  /// What is wrong first; the whole is `code`.
  package var explainedBy: KLConvention { parts.first ?? .none }

  /// `reference_policy/bits`, `reference_policy/batchmean + mask-forgotten`.
  package var code: String { Self.code(parts) }

  static func code(_ parts: [KLConvention]) -> String { parts.map(\.rawValue).joined(separator: " + ") }

  package var verdict: Verdict {
    switch parts {
    case [.policyReferenceBatchmean]: .right
    case [.otherRows]: .open
    // A term of a loss may well carry its weight.
    case [.multiplied], [.divided], [.none]: isTermOfLoss ? .open : .wrong
    default: .wrong
    }
  }

  /// True where it is what everyone should log.
  package var isRight: Bool { verdict == .right }

  /// A conclusion needs several steps.
  package var isCertain: Bool { tellingSteps >= 3 || parts == [.zero] }
}

extension SeriesAudit {
  /// Audits one series; `nil` where nothing can check it.
  init?(_ series: SeriesID, of run: RunModel) {
    let grouping = ObservationGrouping(run: run, series: series)
    let readings = grouping.readings
    guard let likeliest = readings.first?.observations() else { return nil }
    var best: ConventionSearch.Result?
    for reading in readings {
      let search = ConventionSearch(reading.observations(), part: reading.part, cost: reading.cost)
      guard let result = search.exact() else { continue }
      if best.map({ result.best.cost < $0.best.cost }) ?? true { best = result }
      // Nothing is simpler than the right one.
      if best?.best.isRight == true { break }
    }
    if best == nil {
      best =
        readings.lazy.compactMap {
          ConventionSearch($0.observations(), part: $0.part, cost: $0.cost).approximate()
        }.first
    }
    self.init(
      best?.observations ?? likeliest, of: run.series[series], explainedBy: best?.best,
      isPaired: grouping.isPaired)
    alternatives = parts == best?.best.parts ? best?.alternatives ?? [] : []
    probe = grouping.probeLabel
  }

  /// - Parameters:
  ///   - used: observations that the conclusion rests on.
  ///   - fit: the convention that explains them; `nil` where none does.
  private init(
    _ used: [AuditObservation], of series: Series, explainedBy fit: ConventionFit?, isPaired: Bool
  ) {
    let circumstances = AuditCircumstances(used)
    logged = series.name
    isTermOfLoss = series.isTermOfLoss
    parts = circumstances.verdict(on: fit?.parts)
    detail = parts == fit?.parts ? fit?.detail ?? "" : ""
    ratio = AuditRatio.total(of: used)
    relativeError = fit?.relativeError ?? Self.relativeError(used)
    steps = Set(used.map(\.step)).count
    tellingSteps = Set(used.filter(\.isInformative).map(\.step)).count
    firstStep = used.first?.step ?? 0
    alternatives = []
    shift = parts == [.referenceDrifts] ? circumstances.shift?.mean : nil
    if parts == [.none] {
      let start = circumstances.startAtEqualModels
      if let start {
        detail =
          "both models are the same at step \(start.step), where it is \(SentenceNumber.text(start.logged)): it was "
          + "measured in another forward pass, with dropout on or in another precision, or against another reference"
      } else if !isPaired || OtherRows.explain(used) {
        // A KL on a line of its own may be about other rows: that it fits none of them says nothing.
        parts = [.otherRows]
      }
      needsLogits = used.contains { $0.isReduced } && !used.contains { $0.sums.knowsLogits }
    }
    // A step or two have to be clearly off: what rounds them is not known.
    if parts == [.none] { contradiction = Self.contradiction(used, share: tellingSteps >= 3 ? 1e-3 : 0.01) }
  }

  private static func contradiction(_ used: [AuditObservation], share: Double) -> Contradiction? {
    used.lazy.compactMap { observation in
      guard let computed = observation.sums.meanPolicyReference, computed.isFinite,
        observation.logged.isFinite
      else { return nil }
      let apart = abs(observation.logged - computed)
      return apart > share * abs(computed) + AuditObservation.apart
        ? Contradiction(step: observation.step, logged: observation.logged, computed: computed) : nil
    }.first
  }

  private static func relativeError(_ observations: [AuditObservation]) -> Double? {
    var squares = (error: 0.0, value: 0.0)
    for observation in observations {
      guard let computed = observation.sums.meanPolicyReference, computed.isFinite,
        observation.logged.isFinite
      else { continue }
      squares.error += (observation.logged - computed) * (observation.logged - computed)
      squares.value += computed * computed
    }
    return squares.value > 0 ? (squares.error / squares.value).squareRoot() : nil
  }
}

/// Whether a KL may be right, but of more rows than the log holds.
private enum OtherRows {
  /// Clustered standard errors that the mean over other rows of the same kind may be away.
  private static let errors = 4.0
  private static let fewestSteps = 4
  /// Correlation over the steps that other rows leave at least.
  private static let greatestSpread = 0.1
  private static let leastCorrelation = 0.97

  static func explain(_ observations: [AuditObservation]) -> Bool {
    let finite = observations.filter { $0.logged.isFinite }
    var pairs: [(logged: Double, computed: Double)] = []
    var misses = 0
    for observation in finite {
      guard let computed = observation.sums.meanPolicyReference, let error = observation.sums.clusteredError
      else {
        return false
      }
      pairs.append((observation.logged, computed))
      if abs(observation.logged - computed) > errors * error + AuditObservation.apart { misses += 1 }
    }
    guard finite.count(where: \.isInformative) >= fewestSteps, misses * 10 <= finite.count else {
      return false
    }
    return correlation(pairs) >= leastCorrelation
  }

  private static func correlation(_ pairs: [(logged: Double, computed: Double)]) -> Double {
    let count = Double(pairs.count)
    let x = pairs.reduce(0) { $0 + $1.logged } / count
    let y = pairs.reduce(0) { $0 + $1.computed } / count
    var (xy, xx, yy) = (0.0, 0.0, 0.0)
    for pair in pairs {
      xy += (pair.logged - x) * (pair.computed - y)
      xx += (pair.logged - x) * (pair.logged - x)
      yy += (pair.computed - y) * (pair.computed - y)
    }
    return xx > 0 && yy > 0 ? xy / (xx * yy).squareRoot() : 0
  }
}
