internal import Curves
package import RunModel

/// What is concluded from one run: a pure function of what is known of it, and of what it may spend.
package struct RunAnalysis: Sendable {
  /// Which KL the log holds.
  package private(set) var audit = RunAudit()
  /// What the run may spend.
  package private(set) var budgets: [Budget] = []
  /// What the audit, the trends and the budgets say.
  private var conclusions: [Conclusion] = []
  private var audited = Audited()
  private var forgetting = ForgettingConclusions()
  /// What became of its retention, as of the last batch that was read to its end.
  package private(set) var outlook = RetentionOutlook()

  /// What the last audit was made of.
  private struct Audited: Sendable {
    var evidence = -1
    var rows = 0
  }

  /// Steps that a live screen infers the objective from.
  private static let liveLimit = 1024

  /// Concludes what can be concluded of a run.
  package init(of run: RunModel, budgets: [Budget] = []) {
    self.budgets = budgets
    update(of: run, isFresh: true)
  }

  /// Concludes anew where enough is new; while more is being read everything stands as it was.
  mutating func update(of run: RunModel) {
    guard !run.isReading else { return }
    update(of: run, isFresh: isStale(for: run))
  }

  mutating func watch(_ budgets: [Budget], of run: RunModel) {
    self.budgets = budgets
    update(of: run, isFresh: false)
  }

  /// Takes note of the checkpoints that lie in the run's folder.
  mutating func noteCheckpoints(of run: RunModel) {
    if !run.isReading { outlook.update(of: run, run.retentionMetrics, budgets: budgets) }
  }

  /// Findings that hold, counting only steps up to `step`: errors first, then by first step, causes before consequences.
  package func findings(of run: RunModel, at step: Int = .max) -> [Finding] {
    let context = FindingContext(
      run: run, step: step, occurrences: run.occurrences(through: step), conclusions: conclusions)
    return FindingRule.all.flatMap { $0.find(context) }.sorted {
      ($0.severity.rank, $0.step, $0.code.rank, $0.series ?? "")
        < ($1.severity.rank, $1.step, $1.code.rank, $1.series ?? "")
    }
  }

  private mutating func update(of run: RunModel, isFresh: Bool) {
    if isFresh {
      audit = RunAudit(run, limit: Self.liveLimit)
      audited = Audited(evidence: run.evidence.additions, rows: run.rows.count)
    }
    let metrics = run.retentionMetrics
    outlook.update(of: run, metrics, budgets: budgets)
    conclusions =
      audit.conclusions(firstStep: run.firstStep ?? 0) + forgetting.update(of: run, metrics)
      + TrendFindings(run: run).all + KLFindings(run: run).all
      + run.budgetConclusions(budgets)
  }

  /// In a long run a conclusion stands for a while; the last word is said about everything.
  private func isStale(for run: RunModel) -> Bool {
    let (evidence, rows) = (run.evidence.additions - audited.evidence, run.rows.count - audited.rows)
    // A run that began anew has fewer.
    if evidence < 0 || rows < 0 { return true }
    if rows > 0, rows * 16 >= audited.rows { return true }
    // While files wait to be measured, what they tell is gone through when there is twice as much of it.
    if run.logitsFiles.queued > 0, evidence < audited.evidence { return false }
    return evidence > 0 && (evidence * 32 >= run.evidence.records.count || run.hasEnded)
  }
}

extension RunModel {
  /// Everything that is found in the run, concluded from scratch; counts only steps up to `step`.
  package func findings(at step: Int = .max) -> [Finding] {
    RunAnalysis(of: self).findings(of: self, at: step)
  }
}

/// A run with what is concluded from it, both kept up to date as it grows.
package struct AnalysedRun: Sendable {
  package private(set) var model: RunModel
  package private(set) var analysis: RunAnalysis

  package init(_ model: RunModel, budgets: [Budget] = []) {
    self.model = model
    analysis = RunAnalysis(of: model, budgets: budgets)
  }

  /// What became of its retention, as of the last batch that was read to its end.
  package var outlook: RetentionOutlook { analysis.outlook }

  /// Counts against these limits from now on.
  package mutating func watch(_ budgets: [Budget]) {
    analysis.watch(budgets, of: model)
  }

  /// Applies records in the order of the file.
  package mutating func apply(_ measured: ComparedBatch) {
    model.apply(measured)
    analysis.update(of: model)
  }

  /// Takes in what became of a file of logits.
  ///
  /// - Parameter moreComes: nothing is concluded yet; `conclude` follows.
  package mutating func apply(_ news: LogitsFileNews, moreComes: Bool = false) {
    model.apply(news)
    if !moreComes { conclude() }
  }

  /// Concludes from what is known now.
  package mutating func conclude() { analysis.update(of: model) }

  /// The run as a live screen showed it at `step`; what is concluded from its whole course is concluded anew.
  package func asOf(step: Int) -> AnalysedRun {
    AnalysedRun(model.asOf(step: step), budgets: analysis.budgets)
  }

  /// Which checkpoint to keep; `nil` without evaluations of both a new task and a retention set.
  package var checkpointAdvice: CheckpointAdvice? { outlook.advice }

  /// Takes in what lies in the run's folder beside its logs.
  package mutating func note(_ folder: RunFolderNews) {
    model.note(folder)
    analysis.noteCheckpoints(of: model)
  }

  /// Findings that hold, counting only steps up to `step`.
  package func findings(at step: Int = .max) -> [Finding] { analysis.findings(of: model, at: step) }
}
