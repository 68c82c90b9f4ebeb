package import RunAnalysis
internal import RunModel

/// The output of `kltop audit --format json`; the property names are its keys, in snake_case.
package struct AuditDocument: Sendable, Encodable {
  package var audits: [Entry]
  @OrNull package var objective: Objective?

  /// `nil` where the reference stays the model it was, or nobody can tell.
  @OrNull package var reference: Reference?

  package struct Entry: Sendable, Encodable {
    package var logged: String
    /// `right`, `wrong` or `open`.
    package var verdict: String
    /// What it is; two mistakes at once are joined by ` + `.
    package var explainedBy: String
    /// What the name leaves out: a temperature, how many entries; else empty.
    package var detail: String
    /// The sentence that says it and what mends it.
    package var message: String
    /// False where too few steps tell conventions apart.
    package var certain: Bool
    @OrNull package var ratio: Double?
    @OrNull package var relativeError: Double?
    package var steps: Int
    package var alternatives: [String]
  }

  package struct Objective: Sendable, Encodable {
    package var lambda: Double
    package var sign: String
    @OrNull package var standardError: Double?
    package var steps: Int
    /// The weight at the start, of one that changes to `lambda`.
    @OrNull package var lambdaAtStart: Double?
    /// The step at which a weight that changes has reached `lambda`.
    @OrNull package var reachedAt: Int?
    /// What the logged total is divided by; 1 for a plain sum.
    package var dividedBy: Int
    /// Key and weight of a third term of the total; null where there is none.
    @OrNull package var thirdTerm: String?
    @OrNull package var thirdWeight: Double?
  }

  package struct Reference: Sendable, Encodable {
    /// Mean D(first‖now) over the steps where it had moved, nats a row.
    package var moved: Double
    package var firstStep: Int
    /// `is-policy`, `previous-policy`, `jumps` or `steady`.
    package var kind: String
  }

  package init(_ audit: RunAudit) {
    audits = audit.audits.map { audit in
      Entry(
        logged: audit.logged, verdict: audit.verdict.rawValue, explainedBy: audit.code, detail: audit.detail,
        message: AuditSentence.text(audit), certain: audit.isCertain, ratio: audit.ratio,
        relativeError: audit.relativeError, steps: audit.steps,
        alternatives: audit.alternatives.map { $0.map(\.rawValue).joined(separator: " + ") })
    }
    reference = audit.shift.map {
      Reference(moved: $0.mean, firstStep: $0.firstStep, kind: $0.kind.rawValue)
    }
    objective = audit.objective.map(Objective.init)
  }

  /// One line of JSON in the form of all output.
  package func json() throws -> String { try OutputJSON.text(of: self) }
}

extension AuditDocument.Objective {
  fileprivate init(_ objective: ObjectiveEstimate) {
    lambda = objective.lambda
    sign = objective.rewardsDrift ? "-" : "+"
    standardError = objective.standardError
    steps = objective.steps
    (lambdaAtStart, reachedAt, dividedBy, thirdTerm, thirdWeight) = (nil, nil, 1, nil, nil)
    switch objective.form {
    case .constant: break
    case .changing(let from, let step): (lambdaAtStart, reachedAt) = (from, step)
    case .divided(let divisor): dividedBy = divisor
    case .withTerm(let key, let weight): (thirdTerm, thirdWeight) = (key, weight)
    }
  }
}
