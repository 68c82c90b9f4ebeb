internal import RunAnalysis
internal import RunLog
internal import RunModel

/// What is concluded of a run: its modes, its findings, and how it stands to its budgets.
extension RunSummary {
  package struct ModeEntry: Sendable, Encodable {
    package var step: Int
    package var phase: String
    @OrNull package var policy: String?
    @OrNull package var policyGrad: Bool?
    @OrNull package var reference: String?
    @OrNull package var referenceGrad: Bool?
  }

  package struct FindingEntry: Sendable, Encodable {
    package var severity: String
    package var code: String
    @OrNull package var series: String?
    package var step: Int
    package var count: Int
    package var message: String
    /// The step from which on it holds no more.
    @OrNull package var recoveredAt: Int?
  }

  package struct BudgetEntry: Sendable, Encodable {
    package var budget: String
    @OrNull package var series: String?
    @OrNull package var level: Double?
    /// One phrase.
    package var outlook: String
  }
}

extension RunSummary.ModeEntry {
  init(_ change: ModeHistory.Change) {
    step = change.step
    phase = change.phase.name
    policy = change.modes.policy?.name
    policyGrad = change.modes.policyGradients
    let isSeen = change.phase == .eval || !change.modes.referenceDoesNotRun
    reference = isSeen ? change.modes.ownOrSharedReference?.name : nil
    referenceGrad = change.modes.referenceGradients
  }
}

extension RunSummary.FindingEntry {
  init(_ finding: Finding) {
    severity = finding.severity.rawValue
    code = finding.code.rawValue
    series = finding.series
    step = finding.step
    count = finding.count
    message = finding.message
    recoveredAt = finding.recoveredAt
  }
}

extension RunSummary.BudgetEntry {
  static func all(of run: RunModel, _ budget: Budget) -> [RunSummary.BudgetEntry] {
    let standings = run.standings(to: budget)
    guard !standings.isEmpty else {
      return [RunSummary.BudgetEntry(budget: budget.text, outlook: "waits for what this log does not have")]
    }
    return standings.map {
      RunSummary.BudgetEntry(budget: budget.text, series: $0.name, level: $0.level, outlook: $0.outlookText)
    }
  }
}
