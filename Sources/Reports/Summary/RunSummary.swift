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
  /// What the training was set to, by key: as its own log says it, else files beside it.
  package var config: [String: String]
  /// Where each of these keys is said.
  package var configSources: [String: String]
  /// How the run stands to each budget.
  package var budgets: [BudgetEntry]
  /// What each evaluation set's metric is about: `retention`, `new` or `unknown`.
  package var sets: [String: String]
  package var checkpoints: [CheckpointEntry]
  /// Which checkpoint to keep; `nil` without evaluations of both a new task and a retention set.
  @OrNull package var advice: AdviceEntry?

  package struct Steps: Sendable, Encodable {
    @OrNull package var first: Int?
    @OrNull package var last: Int?
    package var count: Int
  }

  package struct Progress: Sendable, Encodable {
    package var done: Int
    package var total: Int
    @OrNull package var secondsLeft: Double?
  }
}

extension RunSummary {
  /// - Parameter state: how the training stands, where somebody looked at the clock.
  package init(_ analysed: AnalysedRun, state: RunState? = nil) {
    let run = analysed.model
    self.state = state.map(StateEntry.init)
    let configuration = run.configuration
    config = Dictionary(configuration.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
    configSources = Dictionary(
      configuration.map { ($0.key, $0.source) }, uniquingKeysWith: { first, _ in first })
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
    notices = NoticeEntry.all(of: run)
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
