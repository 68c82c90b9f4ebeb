import RealModule
import RunLog
import RunTestSupport
import TestSupport
import Testing

@testable import RunModel

struct SampleHistoryTests {
  /// A row whose policy says `top`, of three classes, and whose right class is `target`.
  private static func sample(_ name: String?, top: Int, target: Int, by margin: Double = 2) -> SyntheticSample
  {
    var policy = [0.0, 0, 0]
    policy[top] = margin
    return SyntheticSample(name, policy: [policy], reference: [[1, 0, 0]], targets: [target])
  }

  private static func run(tops: [Int], target: Int = 0) -> RunModel {
    RunModel { log in
      for (index, top) in tops.enumerated() {
        log.logits(step: 10 * index, set: "old", [sample("a", top: top, target: target)])
      }
    }
  }

  private func lastRecord(_ run: RunModel, _ name: String = "a", at step: Int = .max) -> SampleRecord? {
    run.samples(at: step).first { $0.key.name.label == name }?.record
  }

  @Test(
    arguments: [
      ([0, 0, 0], 0, 0, nil), ([0, 1, 1], 1, 1, 10), ([1, 0, 2, 0, 1], 4, 2, 20), ([1, 2, 1], 2, 0, nil),
      ([0, 1, 2], 2, 1, 10), ([1], 0, 0, nil),
    ] as [([Int], UInt32, UInt32, Int?)])
  func `A forgetting event is right at one evaluation and wrong at the next`(
    tops: [Int], flips: UInt32, events: UInt32, first: Int?
  ) {
    let record = lastRecord(Self.run(tops: tops))
    #expect(record?.flips == flips)
    #expect(record?.forgettingEvents == events)
    #expect(record?.firstForgotten == first)
  }

  @Test func `The state at a step is what a run that ends there shows`() {
    var random = SplitMix64(seed: 3)
    let tops = (0..<30).map { _ in (0..<8).map { _ in Int(random.next() % 3) } }
    func run(through last: Int) -> RunModel {
      RunModel { log in
        for step in 0...last {
          // Not every sample comes at every step.
          let present = tops[step].indices.filter { ($0 + step) % 3 > 0 || $0 == 0 }
          log.logits(
            step: step, set: step % 5 == 4 ? "new" : "old",
            present.map { Self.sample("s\($0)", top: tops[step][$0], target: $0 % 3, by: 1 + Double(step)) })
        }
      }
    }
    let whole = run(through: 29)
    for step in 0..<30 {
      let then = run(through: step).samples(at: .max)
      let now = whole.samples(at: step)
      #expect(Set(now.map(\.key)) == Set(then.map(\.key)))
      for state in now {
        let other = then.first { $0.key == state.key }
        #expect(other?.step == state.step && isSame(other?.record, state.record), "step \(step)")
      }
    }
  }

  /// Equal in everything, with NaN equal to itself.
  private func isSame(_ left: SampleRecord?, _ right: SampleRecord) -> Bool {
    guard let left else { return false }
    return "\(left)" == "\(right)"
  }

  @Test func `Divergence, entropy and the probability of the right class are those of the row`() throws {
    let run = RunModel { log in
      log.logits(step: 0, [SyntheticSample("a", policy: [[0, 0]], reference: [[0, 3]], targets: [1])])
      log.logits(step: 1, [SyntheticSample("a", policy: [[2, 0]], reference: [[0, 3]], targets: [1])])
    }
    let record = try #require(lastRecord(run))
    let expected = DivergenceOracle.divergence([2, 0], [0, 3])
    #expect(near(record.policyReference, expected))
    #expect(near(record.referencePolicy, DivergenceOracle.divergence([0, 3], [2, 0])))
    let change = expected - DivergenceOracle.divergence([0, 0], [0, 3])
    #expect(abs(Double(record.policyReferenceChange) - change) < 1e-6)
    let tuned = Double.exp(Double(record.policyTargetLogProbability))
    #expect(abs(tuned - DivergenceOracle.softmax([2, 0])[1]) < 1e-6)
    let base = Double.exp(Double(record.referenceTargetLogProbability))
    #expect(abs(base - DivergenceOracle.softmax([0, 3])[1]) < 1e-6)
    #expect(record.policyTop == 0 && record.referenceTop == 1 && record.target == 1)
    #expect(record.differingRows == 1 && record.targets == 1 && record.correct == 0)
  }

  @Test func `Every token of a sequence counts, and those the mask leaves out do not`() throws {
    func sequence(_ tops: [Int]) -> SyntheticSample {
      SyntheticSample(
        "a", policy: tops.map { $0 == 0 ? [1, 0] : [0, 1] }, reference: tops.map { _ in [1, 0] },
        mask: [true, true, true, false], targets: [0, 0, 1, 0])
    }
    let run = RunModel { log in
      log.logits(step: 0, [sequence([0, 0, 1, 0])])
      log.logits(step: 4, [sequence([1, 1, 1, 1])])
    }
    let record = try #require(lastRecord(run))
    #expect(record.rows == 3 && record.targets == 3 && record.correct == 1)
    // Of the reference's two right tokens both are lost and one is won: too few to tell from noise.
    #expect(record.referenceCorrect == 2 && record.lost == 2)
    #expect(record.flips == 2 && record.forgettingEvents == 0 && record.firstForgotten == nil)
    #expect(!record.isForgettingEvent && record.differingRows == 3)
    #expect(record.policyTop == -1, "several tokens have no one top-1")
  }

  @Test func `A restart forgets what it replaces`() {
    let run = RunModel { log in
      for (step, top) in [(0, 0), (10, 1), (20, 0), (30, 1), (10, 0), (20, 0), (30, 2)] {
        log.logits(step: step, [Self.sample("a", top: top, target: 0)])
      }
    }
    #expect(run.restarts.count == 1)
    #expect(lastRecord(run)?.forgettingEvents == 1)
    #expect(lastRecord(run)?.firstForgotten == 30)
    #expect(
      run.evaluations(of: SampleKey(probe: ProbeKey(phase: .eval, set: nil), name: .named("a")))
        .map(\.step) == [0, 10, 20, 30])
  }

  @Test func `A sample that comes again at a step counts as it was last`() {
    let run = RunModel { log in
      log.logits(step: 0, [Self.sample("a", top: 0, target: 0), Self.sample("b", top: 0, target: 0)])
      log.logits(step: 1, [Self.sample("a", top: 1, target: 0)])
      log.logits(step: 1, [Self.sample("b", top: 1, target: 0)])
      log.logits(step: 1, [Self.sample("a", top: 0, target: 0)])
    }
    #expect(lastRecord(run, "a")?.forgettingEvents == 0)
    #expect(lastRecord(run, "b")?.forgettingEvents == 1)
  }

  @Test func `Samples that are not measured any more stay as they were`() {
    let run = RunModel { log in
      log.logits(step: 0, [Self.sample("a", top: 0, target: 0), Self.sample("b", top: 1, target: 0)])
      log.logits(step: 5, [Self.sample("b", top: 0, target: 0)])
      log.logits(step: 9, [Self.sample("a", top: 1, target: 0)])
    }
    #expect(run.samples(at: 8).map(\.step).sorted() == [0, 5])
    #expect(run.samples(at: 9).map(\.step).sorted() == [5, 9])
    #expect(lastRecord(run, "a")?.firstForgotten == 9)
    #expect(run.samples(at: -1).isEmpty)
  }

  @Test func `Rows of unnamed training batches are others every time`() {
    func run(_ phase: Phase) -> RunModel {
      RunModel { log in
        log.logits(
          step: 0, phase: phase,
          [Self.sample(nil, top: 0, target: 0), Self.sample(nil, top: 0, target: 0)])
        log.logits(step: 1, phase: phase, [Self.sample(nil, top: 1, target: 0)])
      }
    }
    #expect(run(.train).samples(at: 1).map(\.record.forgettingEvents) == [0])
    #expect(run(.eval).samples(at: 1).map(\.record.forgettingEvents).sorted() == [0, 1])
  }

  @Test func `The rows of several unnamed batches are numbered through`() {
    let run = RunModel { log in
      for step in 0..<2 {
        log.logits(step: step, [Self.sample(nil, top: 0, target: 0), Self.sample(nil, top: 0, target: 0)])
        log.logits(step: step, [Self.sample(nil, top: step, target: 0)])
      }
    }
    let states = run.samples(at: 1)
    #expect(states.map(\.key.name.label) == ["row 0", "row 1", "row 2"])
    #expect(states.map(\.record.forgettingEvents) == [0, 0, 1])
    #expect(run.measuredSample(states[2].key, at: 1)?.rows.first?.policyTop == 1)
  }

  @Test func `The history stays when the pictures are let go`() throws {
    let run = Self.run(tops: [0, 1, 0, 1, 0])
    var track = try #require(run.divergence(set: "old"))
    track.thinPictures()
    #expect(track.points.map { $0.samples[0].pictures.isEmpty } == [false, true, false, true, false])
    let entries = track.history.entries(of: .named("a"))
    #expect(entries.map(\.step) == [0, 10, 20, 30, 40])
    #expect(entries.map(\.record.forgettingEvents) == [0, 1, 1, 2, 2])
  }

  @Test func `Names of classes are found although pictures were let go`() throws {
    let probe = ProbeKey(phase: .eval, set: nil)
    let run = RunModel { log in
      log.logits(step: 0, [Self.sample("a", top: 0, target: 0)], labels: ["x", "y", "z"])
      log.logits(step: 1, [Self.sample("b", top: 0, target: 0)], labels: ["x", "y", "z"])
    }
    #expect(run.labels(of: probe) == ["x", "y", "z"])
    #expect(run.labels(of: ProbeKey(phase: .train, set: nil)).isEmpty)
    #expect(run.evaluatedSteps == [0, 1])
  }
}
