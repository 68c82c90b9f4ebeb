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
  }

  package init(_ audit: RunAudit) {
    audits = audit.audits.map { audit in
      Entry(
        logged: audit.logged, explainedBy: audit.explainedBy.rawValue, ratio: audit.ratio,
        relativeError: audit.relativeError, steps: audit.steps,
        alternatives: audit.alternatives.map(\.rawValue))
    }
    objective = audit.objective.map {
      Objective(
        lambda: $0.lambda, sign: $0.rewardsDrift ? "-" : "+", standardError: $0.standardError, steps: $0.steps
      )
    }
  }

  /// One line of JSON in the form of all output.
  package func json() throws -> String { try OutputJSON.text(of: self) }
}
