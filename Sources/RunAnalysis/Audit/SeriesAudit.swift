internal import RunLog
package import RunModel

/// What one logged KL is.
package struct SeriesAudit: Sendable, Hashable {
  /// Key of the series, hostile until made printable.
  package var logged: String
  package var explainedBy: KLConvention
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
  package var alternatives: [KLConvention]
  /// True where it is the same multiple of the right one at every step.
  var isProportional: Bool
  /// How far the reference moved, nats a row; `nil` where it did not or nobody can tell.
  var shift: Double?

  /// True where it is what everyone should log.
  package var isRight: Bool { explainedBy == .policyReferenceBatchmean }

  /// True where no convention explains it but a weight does.
  var isMultiple: Bool { explainedBy == .none && isProportional && isCertain }

  /// A conclusion needs several steps.
  package var isCertain: Bool { tellingSteps >= 3 }
}

extension SeriesAudit {
  /// Audits one series; `nil` where nothing can check it.
  init?(_ series: SeriesID, of run: RunModel) {
    let grouping = ObservationGrouping(run: run, series: series)
    let name = run.series[series].name
    let readings = grouping.readings
    guard let likeliest = readings.first?() else { return nil }
    let exact = readings.lazy.compactMap { ConventionSearch($0()).exact() }.first
    if let result = exact ?? readings.lazy.compactMap({ ConventionSearch($0()).approximate() }).first {
      self.init(result.best.observations, name: name, explainedBy: result)
      return
    }
    self.init(likeliest, name: name, explainedBy: nil)
    // A KL on a line of its own may be about other rows: that it fits none of them says nothing.
    if !grouping.isPaired, explainedBy == .none { return nil }
  }

  /// - Parameters:
  ///   - used: observations that the conclusion rests on.
  ///   - result: the convention that explains them; `nil` where none does.
  private init(_ used: [AuditObservation], name: String, explainedBy result: ConventionSearch.Result?) {
    let circumstances = AuditCircumstances(used)
    logged = name
    detail = result?.best.candidate.detail ?? ""
    explainedBy = circumstances.verdict(on: result?.best.candidate.convention)
    if explainedBy != result?.best.candidate.convention { detail = "" }
    ratio = AuditRatio.total(of: used)
    relativeError = result?.best.relativeError ?? Self.relativeError(used)
    steps = Set(used.map(\.step)).count
    tellingSteps = Set(used.filter(\.isInformative).map(\.step)).count
    firstStep = used.first?.step ?? 0
    alternatives = explainedBy == result?.best.candidate.convention ? result?.alternatives ?? [] : []
    isProportional = AuditRatio.spread(of: used).map { $0 < 0.01 } ?? false
    shift = explainedBy == .referenceDrifts ? circumstances.shift : nil
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
