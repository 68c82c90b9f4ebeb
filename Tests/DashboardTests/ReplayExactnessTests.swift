import CellCanvas
import Curves
import FileAccess
import RunAnalysis
import RunFeed
import RunLog
import RunModel
import TestSupport
import Testing

@testable import Dashboard

/// A replay at a step shows what a live screen showed when the run had come that far.
///
/// Header and transport tell a replay from a live run; the axes are those of the whole run in both.
struct ReplayExactnessTests {
  private static let size = CellSize(columns: 130, rows: 50)

  @Test(arguments: SampleRun.allCases)
  func `Every page of a sample run at any step`(sample: SampleRun) {
    compare(sample.batches, at: [0, 1, 9, 10, 11, 35, 60, 99, 150, 199])
  }

  @Test func `A run that went back twice, with a bad line`() {
    let batch = Self.batch { log in
      for step in 0..<30 { log.everything(step: step) }
      log.notice(.rejected(reason: "not JSON"))
      for step in 12..<25 { log.everything(step: step) }
      for step in 18..<40 { log.everything(step: step) }
    }
    let run = RunModel(records: [batch])
    #expect(run.restarts.count == 2)
    compare([batch], at: 0..<40)
  }

  @Test func `Evaluations that come late, out of order, and with findings of their own`() {
    let batch = Self.batch { log in
      for step in 0..<60 {
        log.train(
          step: step, ["loss": step == 33 ? .nan : 1 / Double(step + 1), "acc": 0.5], time: Double(step),
          modes: .training)
        guard step % 10 == 9 else { continue }
        log.eval(
          step: step - 7, ["eval/old/accuracy": step == 29 ? .nan : 0.9, "acc": 0.25, "eval/loss": .nan])
        log.logits(
          step: step - 7, set: "old",
          [SyntheticSample("a", policy: [1, 2, Double(step)], reference: [1, 2, 0])],
          numbers: ["eval/kl": 7])
        log.logits(
          step: step - 7, set: "old",
          [SyntheticSample("b", policy: [1, 2, 0], reference: [1, 2, -.infinity])],
          modes: ModelModes(policy: .train, reference: .train))
      }
    }
    let run = RunModel(records: [batch])
    #expect(run.restarts.isEmpty && run.findings().count > 3)
    compare([batch], at: 0..<60)
  }

  @Test func `A step that a late record adds a sample to`() {
    let batch = Self.batch { log in
      for step in 0..<20 {
        log.train(step: step, ["loss": 1, "kl": 0.1], modes: .training)
        log.logits(step: step, set: "old", [SyntheticSample("a", policy: [1, 2, 0], reference: [2, 1, 0])])
      }
      log.train(step: 25, ["other": 1])
      log.logits(
        step: 19, set: "old", [SyntheticSample("b", policy: [1, 2, 0], reference: [1, 2, -.infinity])])
      for step in 26..<30 { log.train(step: step, ["loss": 1, "kl": 0.1]) }
    }
    compare([batch], at: 0..<30)
  }

  @Test func `A start that was not one, and a file that began anew`() {
    let batch = Self.batch { log in
      log.eval(step: 1, ["eval/kl": 0.5])
      log.train(step: 0, ["loss": 1], modes: .training)
      log.notice(.rejected(reason: "torn"))
      for step in 2..<9 { log.train(step: step, ["loss": Double(step)]) }
      log.notice(.startedOver(.truncated))
      for step in 4..<20 { log.train(step: step, ["loss": -Double(step), "total_loss": 3]) }
    }
    compare([batch], at: 0..<20)
  }

  @Test func `Between two steps it stands at the one before`() {
    let batch = Self.batch { log in
      for step in stride(from: 0, through: 100, by: 10) { log.everything(step: step) }
    }
    let run = RunModel(records: [batch])
    #expect(run.asOf(step: 35).lastStep == 30)
    #expect(run.asOf(step: -1).rows.count == 0)
    #expect(run.asOf(step: 1000).rows.count == run.rows.count)
  }

  private static func batch(_ story: (inout SyntheticRun) -> Void) -> RecordBatch {
    var log = SyntheticRun()
    story(&log)
    return log.takeBatch()
  }

  /// Compares at those of some steps that the run stood at.
  private func compare(
    _ batches: [RecordBatch], at steps: some Sequence<Int>, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let run = RunModel(records: batches)
    let lastSteps = Self.lastSteps(of: batches)
    for step in steps {
      // The last time that it had come so far and no further.
      guard let last = lastSteps.lastIndex(where: { $0 <= step }), lastSteps[last] == step else { continue }
      let known = RunModel(records: Self.first(last + 1, of: batches))
      compare(run, with: known, at: step, sourceLocation: sourceLocation)
    }
  }

  /// Compares every page, and the overview's panels maximised.
  private func compare(_ run: RunModel, with known: RunModel, at step: Int, sourceLocation: SourceLocation) {
    var live = DashboardState(run: known)
    live.tick(now: 0)
    var replay = DashboardState(run: run, replay: ReplayPlayer(step: step))
    replay.tick(now: 0)
    #expect(
      live.findingLines == replay.findingLines, "findings at step \(step)", sourceLocation: sourceLocation)
    for (name, change) in Self.looks {
      let expected = Self.body(live, steps: run.steps, change)
      let shown = Self.body(replay, steps: run.steps, change)
      if let difference = FrameDifference(actual: shown, expected: expected) {
        Issue.record("\(name) at step \(step): \(difference.message)", sourceLocation: sourceLocation)
      }
    }
  }

  private typealias Look = (name: String, change: @Sendable (inout DashboardState) -> Void)

  private static let looks: [Look] =
    Page.allCases.map { page in (page.title, { $0.page = page }) }
    + Panel.allCases.map { panel in
      (
        panel.title,
        { state in
          state.moveFocus(to: panel)
          state.overview.isMaximised = true
          state.charts.smoothing = 0.6
        }
      )
    }

  /// The text of a page over all steps of the run.
  private static func body(
    _ state: DashboardState, steps: ClosedRange<Int>, _ change: (inout DashboardState) -> Void
  ) -> String {
    var state = state
    change(&state)
    state.charts.window = steps
    var grid = CellGrid(size: size)
    let context = DrawContext(glyphs: .braille, now: 0)
    PageView.of(state.page).draw(state, CellRect(size), &grid, context)
    // Whether a source still grows is no part of the run.
    return FrameText.plain(grid).replacing("● LIVE", with: "○ READ")
  }

  /// How far the run had come after each record.
  private static func lastSteps(of batches: [RecordBatch]) -> [Int] {
    var run = RunModel(path: "")
    var comparer = RunComparer()
    var steps = StepClassifier()
    return batches.flatMap { batch in
      batch.records.indices.map { index in
        var one = batch.undecided.suffix(from: index).prefix(1)
        if index > 0 { one.newKeys = [] }
        steps.classify(&one)
        steps.finish(&one)
        run.apply(comparer.measure(one))
        return run.lastStep ?? 0
      }
    }
  }

  /// The batches up to a record.
  private static func first(_ count: Int, of batches: [RecordBatch]) -> [RecordBatch] {
    var left = count
    return batches.compactMap { batch in
      defer { left -= min(left, batch.records.count) }
      return left > 0 ? batch.prefix(left) : nil
    }
  }
}

extension RecordBatch {
  /// The batch before anybody decided what its steps mean.
  fileprivate var undecided: RecordBatch {
    var batch = self
    batch.notices.removeAll {
      switch $0.kind {
      case .restarted, .stepOddity: true
      default: false
      }
    }
    return batch
  }

  /// The batch without its first records.
  fileprivate func suffix(from start: Int) -> RecordBatch {
    var batch = self
    batch.records.removeSubrange(..<start)
    batch.distributions = distributions.filter { $0.record >= start }.map {
      DistributionRecord(record: $0.record - start, set: $0.set, content: $0.content)
    }
    batch.notices = notices.filter { $0.position >= start || start == 0 }.map {
      LogNotice(position: $0.position - start, line: $0.line, kind: $0.kind)
    }
    batch.texts = []
    return batch
  }

  /// The batch as if its source had not written more than this many records.
  fileprivate func prefix(_ count: Int) -> RecordBatch {
    guard count < records.count else { return self }
    var batch = self
    batch.records.removeSubrange(count...)
    batch.distributions.removeAll { $0.record >= count }
    batch.notices.removeAll { $0.position >= count }
    batch.texts.removeAll { $0.record >= count }
    batch.status.source = .upToDate
    return batch
  }
}

extension RunModel {
  /// A run that has read some batches.
  fileprivate init(records batches: [RecordBatch]) {
    self.init(path: "runs/synthetic/metrics.jsonl")
    var comparer = RunComparer()
    var steps = StepClassifier()
    for (index, batch) in batches.enumerated() {
      var batch = batch.undecided
      steps.classify(&batch)
      if index == batches.count - 1 { steps.finish(&batch) }
      apply(comparer.measure(batch))
    }
  }
}
