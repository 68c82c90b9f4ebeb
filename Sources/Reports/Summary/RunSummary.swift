internal import Curves
package import RunAnalysis
internal import RunLog
internal import RunModel

/// What is in a log, as `kltop summary` tells it; the property names are the keys of the JSON output, one for each.
package struct RunSummary: Sendable, Encodable {
  package var path: String
  @OrNull package var name: String?
  @OrNull package var dialect: String?
  /// `nil` for a log that does not consist of lines.
  @OrNull package var lines: Int?
  /// Every source of the run; a single log is its only one.
  package var sources: [SourceEntry]
  /// Where the steps come from: `logged`, `inferred from epoch` or `inferred from order`.
  package var stepSource: String
  package var rejectedCount: Int
  package var rejectedLines: [RejectedLine]
  /// The same by reason, the commonest first.
  package var rejectedReasons: [RejectedReason]
  package var steps: Steps
  package var restarts: [RestartEntry]
  /// What there is to know about the steps, and what was inferred, left out or could not be used as the log was read.
  package var notices: [NoticeEntry]
  package var metrics: [String: Metric]
  package var roles: [String: [String]]
  /// Keys with numbers that are not known to be anything, sorted.
  package var unplacedKeys: [String]
  /// What each key is that is called like a KL.
  package var klKeys: [String: KLEntry]
  /// Steps done and planned; `nil` where the log does not say.
  @OrNull package var progress: Progress?
  /// Scores of benchmarks at checkpoints, by step.
  package var evaluationScores: [ScoreEntry]
  package var modes: [ModeEntry]
  package var divergence: [DivergenceEntry]
  package var findings: [FindingEntry]
  /// How the training stands; `nil` where nobody looked at the clock.
  @OrNull package var state: StateEntry?
  /// What the training was set to, by key.
  package var config: [String: String]
  /// How the run stands to each budget.
  package var budgets: [BudgetEntry]
  /// What each evaluation set's metric is about: `retention`, `new` or `unknown`.
  package var sets: [String: String]
  package var checkpoints: [CheckpointEntry]
  /// Which checkpoint to keep; `nil` without evaluations of both a new task and a retention set.
  @OrNull package var advice: AdviceEntry?

  package struct BudgetEntry: Sendable, Encodable {
    package var budget: String
    @OrNull package var series: String?
    @OrNull package var level: Double?
    /// One phrase.
    package var outlook: String
  }

  package struct SourceEntry: Sendable, Encodable {
    package var path: String
    @OrNull package var dialect: String?
    /// `nil` for a log that does not consist of lines.
    @OrNull package var lines: Int?
    /// Keys with points that another source of the run gives better, under this spelling or another one.
    package var hiddenKeys: [String]
    /// Why it cannot be read; left out where it can.
    package var problem: String?
  }

  package struct RejectedLine: Sendable, Encodable {
    package var line: Int
    package var reason: String
    /// The file, where the run has several; else left out.
    package var file: String?
  }

  package struct RejectedReason: Sendable, Encodable {
    package var reason: String
    package var count: Int
    /// Where the first of them are, such as `line 7`.
    package var examples: [String]
  }

  package struct Steps: Sendable, Encodable {
    @OrNull package var first: Int?
    @OrNull package var last: Int?
    package var count: Int
  }

  package struct RestartEntry: Sendable, Encodable {
    package var line: Int
    package var fromStep: Int
    package var toStep: Int
    /// The file of the line, where the run has several; else left out.
    package var file: String?
  }

  package struct NoticeEntry: Sendable, Encodable {
    /// Such as `two-writers` or `unused-key`.
    package var kind: String
    package var message: String
    @OrNull package var line: Int?
    /// The file of the line, where the run has several; else left out.
    package var file: String?
  }

  /// A series in the order of its steps.
  package struct Metric: Sendable, Encodable {
    package var count: Int
    @OrNull package var first: Double?
    @OrNull package var last: Double?
    @OrNull package var lastStep: Int?
    @OrNull package var min: Double?
    @OrNull package var max: Double?
    package var nonfinite: Int
  }

  package struct KLEntry: Sendable, Encodable {
    /// `reference`, `old_policy`, `inference_engine`, `update` or `teacher`.
    package var family: String
    @OrNull package var trainer: String?
    @OrNull package var estimator: String?
    @OrNull package var reduction: String?
    @OrNull package var clamp: String?
    package var text: String
  }

  package struct Progress: Sendable, Encodable {
    package var done: Int
    package var total: Int
    @OrNull package var secondsLeft: Double?
  }

  package struct ScoreEntry: Sendable, Encodable {
    package var task: String
    package var metric: String
    package var filter: String
    package var step: Int
    @OrNull package var value: Double?
    @OrNull package var standardError: Double?
  }

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
}

extension RunSummary {
  /// - Parameter state: how the training stands, where somebody looked at the clock.
  package init(_ analysed: AnalysedRun, state: RunState? = nil) {
    let run = analysed.model
    self.state = state.map(StateEntry.init)
    config = run.description.configuration
    budgets = analysed.analysis.budgets.flatMap { BudgetEntry.all(of: run, $0) }
    path = run.path
    name = run.displayName
    dialect = run.status.dialect?.rawValue
    lines = run.status.dialect?.isBinary == true ? nil : run.status.lines
    sources = run.status.sources.indices.map { SourceEntry(run, source: $0) }
    stepSource = run.status.stepSource.rawValue
    rejectedCount = run.rejections.count
    rejectedLines = run.rejections.listed.map {
      RejectedLine(line: $0.line, reason: $0.reason, file: $0.file)
    }
    rejectedReasons = run.rejections.reasons.map {
      RejectedReason(reason: $0.reason, count: $0.count, examples: $0.examples.map(\.place))
    }
    steps = Steps(first: run.firstStep, last: run.lastStep, count: run.distinctSteps)
    restarts = run.restarts.map {
      RestartEntry(line: $0.line, fromStep: $0.fromStep, toStep: $0.toStep, file: $0.file)
    }
    notices =
      run.stepNotes.map {
        NoticeEntry(kind: $0.kind.rawValue, message: $0.message, line: $0.line, file: $0.file)
      }
      + run.allLogNotes.map {
        NoticeEntry(kind: $0.kind.rawValue, message: $0.message, line: $0.line, file: $0.file)
      }
    metrics = run.metricSummaries
    roles = Dictionary(
      uniqueKeysWithValues: MetricRole.allCases.map { role in
        (role.rawValue, run.series(role: role).map { run.series[$0].name })
      })
    unplacedKeys = run.series.indices.filter { !run.isPlaced($0) }.map { run.series[$0].name }.sorted()
    klKeys = run.klEntries
    progress = run.progress(at: .max).map {
      Progress(done: $0.done, total: $0.total, secondsLeft: $0.secondsLeft)
    }
    evaluationScores = run.evaluationScores.map(ScoreEntry.init)
    modes = run.modes.changes.map(ModeEntry.init)
    divergence = run.divergenceEntries
    findings = analysed.findings().map(FindingEntry.init)
    sets = Dictionary(
      run.retentionMetrics.map { ($0.name, $0.setKind.rawValue) }, uniquingKeysWith: { first, _ in first })
    let choice = analysed.checkpointAdvice
    checkpoints = CheckpointEntry.all(of: run, choice)
    advice = choice.map(AdviceEntry.init)
  }
}

extension RunSummary.BudgetEntry {
  fileprivate static func all(of run: RunModel, _ budget: Budget) -> [RunSummary.BudgetEntry] {
    let standings = run.standings(to: budget)
    guard !standings.isEmpty else {
      return [RunSummary.BudgetEntry(budget: budget.text, outlook: "waits for what this log does not have")]
    }
    return standings.map {
      RunSummary.BudgetEntry(budget: budget.text, series: $0.name, level: $0.level, outlook: $0.outlookText)
    }
  }
}

extension RunSummary.SourceEntry {
  init(_ run: RunModel, source: Int) {
    let status = run.status.sources[source]
    path = status.path
    dialect = status.dialect?.rawValue
    lines = status.dialect?.isBinary == true ? nil : status.lines
    hiddenKeys = run.hiddenKeys(ofSource: source)
    if case .failed(let reason) = status.state { problem = reason }
  }
}

extension RunSummary.ScoreEntry {
  init(_ score: EvaluationScore) {
    task = score.task
    metric = score.metric
    filter = score.filter
    step = score.step
    value = score.value
    standardError = score.standardError
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

extension RunModel {
  fileprivate var metricSummaries: [String: RunSummary.Metric] {
    Dictionary(
      series.filter { $0.count > 0 }.map { ($0.name, $0.current.summary(rows: rows)) },
      uniquingKeysWith: { first, _ in first })
  }
}

extension RunModel {
  /// True for a series that has a role, or that is known to be something else; one without points is not missed.
  fileprivate func isPlaced(_ id: SeriesID) -> Bool {
    series[id].role != nil || series[id].count == 0 || klDescription(of: id) != nil
      || EvaluationScore.isKey(series[id].name)
  }

  fileprivate var klEntries: [String: RunSummary.KLEntry] {
    let ids = klFamilies.flatMap(\.series)
    return Dictionary(
      uniqueKeysWithValues: ids.compactMap { id in
        klDescription(of: id).map { (series[id].name, RunSummary.KLEntry($0)) }
      })
  }
}

extension RunSummary.KLEntry {
  fileprivate init(_ description: KLDescription) {
    family = description.family.rawValue
    trainer = description.trainer
    estimator = description.estimator
    reduction = description.reduction
    clamp = description.clamp
    text = description.text
  }
}

extension SeriesBranch {
  fileprivate func summary(rows: RowTable) -> RunSummary.Metric {
    let extent = extent(of: 0..<count)
    var nonfinite = 0
    if !extent.nonfinite.isEmpty {
      forEachValue(in: 0..<count) { if !$0.isFinite { nonfinite += 1 } }
    }
    return RunSummary.Metric(
      count: count, first: firstValue, last: lastValue, lastStep: count > 0 ? lastStep : nil,
      min: extent.hasFinite ? extent.minimum : nil, max: extent.hasFinite ? extent.maximum : nil,
      nonfinite: nonfinite)
  }
}
