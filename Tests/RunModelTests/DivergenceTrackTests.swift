import RunLog
import TestSupport
import Testing

@testable import RunModel

struct DivergenceTrackTests {
  private static let sample = SyntheticSample("a", policy: [1, 0], reference: [0, 1])

  @Test func `Phases and sets are never averaged together`() {
    let run = RunModel { log in
      log.logits(step: 0, set: "old", [Self.sample])
      log.logits(
        step: 0, set: "new", [Self.sample, SyntheticSample("b", policy: [1, 0], reference: [1, 0])])
      log.logits(step: 0, [Self.sample])
      log.logits(step: 0, set: "old", phase: .train, [Self.sample])
    }
    #expect(
      run.divergences.keys.sorted().map(\.label) == ["train old", "eval", "eval new", "eval old"])
    #expect(run.divergence(set: "new")?.point(at: 0)?.rows == 2)
    #expect(run.divergence(set: "old")?.point(at: 0)?.rows == 1)
  }

  @Test func `Points are in the order of their steps and found by them`() {
    let run = RunModel { log in
      for step in [0, 10, 30] { log.logits(step: step, set: "a", [Self.sample]) }
    }
    let track = run.divergence(set: "a")
    #expect(track?.point(at: -1)?.step == nil)
    #expect(track?.point(at: 0)?.step == 0)
    #expect(track?.point(at: 29)?.step == 10)
    #expect(track?.point(at: .max)?.step == 30)
    #expect(track?.lastStep == 30)
  }

  @Test func `Statistics are up to date whenever reading has caught up`() {
    var log = SyntheticRun()
    var run = RunModel(path: "-")
    var comparer = RunComparer()
    for sample in 0..<40 {
      log.logits(step: 0, [SyntheticSample("s\(sample)", policy: [1, 0], reference: [0, 1])])
      run.apply(comparer.measure(log.takeBatch()))
      #expect(run.divergence()?.point(at: 0)?.rows == sample + 1)
    }
  }

  @Test func `A step that is still being read waits until it is twice as large`() {
    var log = SyntheticRun()
    var run = RunModel(path: "-")
    var comparer = RunComparer()
    for sample in 0..<40 {
      log.logits(step: 0, [SyntheticSample("s\(sample)", policy: [1, 0], reference: [0, 1])])
      run.apply(comparer.measure(log.takeBatch(source: .reading)))
      let rows = run.divergence()?.point(at: 0)?.rows ?? 0
      #expect(rows * 2 > sample + 1)
    }
    run.apply(comparer.measure(log.takeBatch(source: .upToDate)))
    #expect(run.divergence()?.point(at: 0)?.rows == 40)
  }

  @Test func `Pictures of a long run are thinned, never those of its ends`() {
    var run = RunModel(path: "-")
    let names = (0..<100).map { "s\($0)" }
    for step in 0..<400 { run.apply(.oneRow(step: step, names: names, source: .upToDate)) }
    let points = run.divergence()?.points ?? []
    let pictured = points.filter { $0.pictureEntries > 0 }
    #expect(pictured.first?.step == 0)
    #expect(pictured.last?.step == 399)
    #expect(pictured.count < 350)
    #expect(run.divergence()?.pictureEntries == points.reduce(0) { $0 + $1.pictureEntries })
    #expect(points.allSatisfy { $0.rows == 100 }, "the numbers stay")
  }
}
