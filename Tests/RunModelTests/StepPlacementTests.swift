import Divergence
import RunLog
import RunTestSupport
import TestSupport
import Testing

@testable import Curves
@testable import RunAnalysis
@testable import RunModel

/// What the model makes of late records and restarts that are decided some records after they began.
struct StepPlacementTests {
  // MARK: - Interleaved streams

  /// What a model holds, whatever order its records came in.
  private struct Content: Equatable {
    var points: [String: [Point]] = [:]
    var old: [String: [[Point]]] = [:]
    var restarts: [[Int]] = []
    var lastStep: Int?
    var divergence: [[Double]] = []
    var oldDivergence: [[[Double]]] = []
    var estimates: [[Double]] = []
    var findings: [Finding] = []

    init(_ run: RunModel) {
      for series in run.series {
        points[series.name] = run.points(series.current)
        old[series.name] = series.abandoned.map { run.points($0) }
      }
      restarts = run.restarts.map { [$0.fromStep, $0.toStep] }
      lastStep = run.lastStep
      let track = run.divergences[ProbeKey(phase: .eval, set: "old")]
      divergence = track?.points.map(Self.figures) ?? []
      oldDivergence = track?.abandoned.map { $0.map(Self.figures) } ?? []
      estimates =
        run.estimates[ProbeKey(phase: .train, set: nil)]?.points.map {
          [Double($0.step), $0.tokens?.k1.mean ?? .nan]
        } ?? []
      findings = run.findings()
    }

    private static func figures(_ point: StepDivergence) -> [Double] {
      [Double(point.step), point.policyReference.mean, Double(point.rows), point.logged ?? -1]
    }
  }

  private enum Event {
    case train(step: Int, value: Double)
    case eval(step: Int, value: Double)
  }

  private static func write(_ events: some Sequence<Event>, to log: inout SyntheticRun) {
    for event in events {
      switch event {
      case .train(let step, let value):
        log.train(step: step, ["loss": value, "lr": 1], modes: .training)
      case .eval(let step, let value):
        log.logits(
          step: step, set: "old", [SyntheticSample("a", policy: [1, value], reference: [1, 0])],
          numbers: ["eval/old/accuracy": value])
      }
    }
  }

  /// Sessions of one run: each has a training and evaluations that come up to 50 steps late.
  private static func sessions(_ generator: inout SplitMix64) -> (sorted: [Event], mixed: [Event]) {
    var sorted: [Event] = []
    var mixed: [Event] = []
    var step = 0
    var written = 0.0
    for session in 0...Int.random(in: 0...3, using: &generator) {
      if session > 0 { step = max(0, step - Int.random(in: 2...120, using: &generator)) }
      var waiting: [(due: Int, event: Event)] = []
      let end = step + Int.random(in: 20...200, using: &generator)
      for now in step..<end {
        written += 1
        sorted.append(.train(step: now, value: written))
        mixed.append(.train(step: now, value: written))
        // What would come after the end of its process never comes.
        if now % 7 == 3, now + 50 < end {
          sorted.append(.eval(step: now, value: written / 1000))
          waiting.append(
            (now + Int.random(in: 0...50, using: &generator), .eval(step: now, value: written / 1000)))
        }
        mixed += waiting.filter { $0.due <= now }.map(\.event)
        waiting.removeAll { $0.due <= now }
      }
      step = end
    }
    return (sorted, mixed)
  }

  @Test
  func `Any interleaving of a training, late evaluations and restarts gives the model of the sorted streams`()
  {
    var generator = SplitMix64(seed: 20_261_129)
    for round in 0..<25 {
      let (sorted, mixed) = Self.sessions(&generator)
      let expected = Content(RunModel { Self.write(sorted, to: &$0) })
      let found = Content(RunModel { Self.write(mixed, to: &$0) })
      #expect(found == expected, "round \(round)")
    }
  }

  @Test func `A live run and one that is read at once agree wherever batches end`() {
    var generator = SplitMix64(seed: 20_261_130)
    for round in 0..<15 {
      let (_, mixed) = Self.sessions(&generator)
      let whole = RunModel { Self.write(mixed, to: &$0) }
      var live = RunModel(path: "-")
      var log = SyntheticRun()
      var comparer = RunComparer()
      var start = 0
      while start < mixed.count {
        let end = min(mixed.count, start + Int.random(in: 1...[1, 5, 90][round % 3], using: &generator))
        Self.write(mixed[start..<end], to: &log)
        live.apply(comparer.measure(log.takeBatch(isLast: end == mixed.count)))
        start = end
      }
      #expect(Content(live) == Content(whole), "round \(round)")
    }
  }

  // MARK: - What a restart moves

  @Test func `A rare key that comes late takes nothing back`() {
    let run = RunModel { log in
      log.train(step: 0, ["loss": 1, "rare": 1])
      for step in [10, 20, 30] { log.train(step: step, ["loss": 1]) }
      log.train(step: 100, ["loss": 1, "rare": 2])
      log.train(step: 45, ["loss": 1])
      log.logits(step: 45, set: "old", [SyntheticSample("a", policy: [1, 2, 0], reference: [2, 1, 0])])
      log.train(step: 40, ["rare": 3])
      log.train(step: 50, ["loss": 1])
      log.logits(step: 50, set: "old", [SyntheticSample("a", policy: [[1, 3, 0]])])
    }
    // Σ p (log p − log q) of softmax([1, 3, 0]) and softmax([2, 1, 0]), in float64.
    let divergence = run.divergences[ProbeKey(phase: .eval, set: "old")]?.point(at: 50)
    #expect(abs((divergence?.policyReference.mean ?? 0) - 0.8111542144661792) < 1e-9)
    #expect(divergence?.step == 50)
    #expect(run.restarts.isEmpty && run.codes.isEmpty)
    #expect(run.points("loss").map(\.step) == [0, 10, 20, 30, 45, 50, 100])
    #expect(run.points("rare").map(\.step) == [0, 40, 100])
  }

  @Test func `Estimates of an old branch stay`() {
    func tokens(_ step: Int, _ value: Double, in log: inout SyntheticRun) {
      log.tokens(step: step, sample: "s", policy: [value, -2], reference: [-1.2, -2.1], ["loss": 1])
    }
    let run = RunModel { log in
      for step in stride(from: 0, through: 38, by: 2) { tokens(step, -1 - Double(step) / 40, in: &log) }
      for step in stride(from: 20, through: 28, by: 2) { tokens(step, -4, in: &log) }
    }
    let track = run.estimates[ProbeKey(phase: .train, set: nil)]
    #expect(track?.points.map(\.step) == Array(stride(from: 0, through: 28, by: 2)))
    #expect(track?.abandoned.map { $0.map(\.step) } == [Array(stride(from: 20, through: 38, by: 2))])
    // k1 = −r = log π − log π₀: ((−1.5 + 1.2) + (−2 + 2.1)) / 2 on the old branch, ((−4 + 1.2) + 0.1) / 2 on the new one.
    #expect(abs((track?.abandoned.first?.first?.tokens?.k1.mean ?? 0) + 0.1) < 1e-12)
    #expect(abs((track?.point(at: 20)?.tokens?.k1.mean ?? 0) + 1.35) < 1e-12)
    #expect(track?.abandonedCurves.first?.points(.k1).branch.count == 10)
  }

  @Test func `Samples that undecided records replaced go to the old branch`() {
    let run = RunModel { log in
      for step in 0...9 {
        log.train(step: step, ["loss": 1])
        log.logits(step: step, set: "old", [SyntheticSample("a", policy: [1, 2], reference: [2, 1])])
      }
      for step in 5...7 {
        log.train(step: step, ["loss": 2])
        log.logits(step: step, set: "old", [SyntheticSample("a", policy: [1, 2], reference: [1, 2])])
      }
    }
    let track = run.divergences[ProbeKey(phase: .eval, set: "old")]
    #expect(track?.points.map(\.step) == Array(0...7))
    #expect(track?.points.suffix(3).map(\.policyReference.mean) == [0, 0, 0])
    #expect(track?.abandoned.map { $0.map(\.step) } == [Array(5...9)])
    #expect(track?.abandoned.first?.allSatisfy { $0.policyReference.mean > 0.4 } == true)
  }

  @Test func `Until a step that went back is decided what was there stays`() {
    var log = SyntheticRun()
    var run = RunModel(path: "-")
    for step in 0...9 { log.train(step: step, ["loss": 1]) }
    log.train(step: 5, ["loss": 2])
    run.apply(ComparedBatch(batch: log.takeBatch(isLast: false), measurements: []))
    #expect(run.restarts.isEmpty && run.points("loss").count == 11)
    for step in 6...7 { log.train(step: step, ["loss": 2]) }
    run.apply(ComparedBatch(batch: log.takeBatch(isLast: false), measurements: []))
    #expect(run.restarts == [Restart(line: 11, fromStep: 9, toStep: 5, rowsBefore: 10)])
    #expect(run.points("loss").map(\.value) == [1, 1, 1, 1, 1, 2, 2, 2])
    #expect(run.lastStep == 7)
  }

  @Test func `Modes and findings of undecided records are those of the new branch`() {
    var log = SyntheticRun()
    var run = RunModel(path: "-")
    for step in 0...9 { log.train(step: step, ["loss": 1], modes: .training) }
    let mistake = ModelModes(
      policy: .train, policyGradients: true, reference: .train, referenceGradients: false)
    for step in 5...7 {
      log.train(step: step, ["loss": .nan], modes: mistake)
      run.apply(ComparedBatch(batch: log.takeBatch(isLast: false), measurements: []))
    }
    #expect(run.modes.change(phase: .train, at: 7)?.modes.reference == .train)
    #expect(run.modes.changes.map(\.step) == [0, 5])
    #expect(run.findings().map { [$0.step, $0.count] } == [[5, 3], [5, 3]])
  }

  // MARK: - What is told

  @Test func `Two values of a key at one step are both kept, and that is told`() {
    let run = RunModel { log in
      for step in [0, 10, 20] {
        log.train(step: step, ["loss": 2, "eval_accuracy": 0.9])
        log.train(step: step, ["eval_accuracy": 0.1, "loss": 2])
      }
    }
    #expect(run.points("eval_accuracy").map(\.value) == [0.9, 0.1, 0.9, 0.1, 0.9, 0.1])
    #expect(
      run.stepNotes.map(\.message) == [
        "eval_accuracy has two values at one step, 3 times: both are kept, the later one is the value"
      ])
  }

  @Test func `A restart takes repeated values with it`() {
    let run = RunModel { log in
      for step in 0...9 {
        log.train(step: step, ["loss": 1])
        if step == 8 { log.train(step: step, ["loss": 2]) }
      }
      for step in 5...9 { log.train(step: step, ["loss": 3]) }
    }
    #expect(run.restarts.count == 1 && run.stepNotes.isEmpty)
  }

  @Test func `Two programs that write one key, and counters of their own, are told`() {
    let ranks = RunModel { log in
      for step in 0..<100 {
        log.train(step: step, ["loss": 1])
        if step > 3 { log.train(step: step - 3, ["loss": 2]) }
      }
    }
    #expect(ranks.stepNotes.map(\.kind).contains(.twoWriters))
    #expect(ranks.restarts.isEmpty && ranks.points("loss").count == 196)
    let counters = RunModel { log in
      for step in 1...5 {
        for rollout in 0...2 { log.train(step: step * 100 + rollout, ["inference/latency": 0.1]) }
        log.train(step: step, ["loss": 1])
      }
    }
    let note = counters.stepNotes.first { $0.kind == .secondCounter }
    #expect(note?.message.hasPrefix("loss counts its own steps 1–5; inference/latency 100–502") == true)
  }
}
