package import RunAnalysis
internal import RunModel

/// The output of `kltop audit --format json`; the property names are its keys, in snake_case.
package struct AuditDocument: Sendable, Encodable {
  package var audits: [Entry]
  @OrNull package var objective: Objective?

  package struct Entry: Sendable, Encodable {
    package var logged: String
    package var explainedBy: String
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
  }

  package init(_ audit: RunAudit) {
    audits = audit.audits.map { audit in
      Entry(
        logged: audit.logged, explainedBy: audit.explainedBy.rawValue, ratio: audit.ratio,
        relativeError: audit.relativeError, steps: audit.steps,
        alternatives: audit.alternatives.map(\.rawValue))
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
    (lambdaAtStart, reachedAt, dividedBy) = (nil, nil, 1)
    switch objective.form {
    case .constant: break
    case .changing(let from, let step): (lambdaAtStart, reachedAt) = (from, step)
    case .divided(let divisor): dividedBy = divisor
    }
  }
}
