import Curves
import Divergence
import RunModel
import TestSupport
import Testing

@testable import Dashboard

struct DivergenceCurvesTests {
  /// One line of logits whose divergence grows with `size`.
  private func sample(_ name: String, size: Double) -> SyntheticSample {
    SyntheticSample(name, policy: [size, 0], reference: [0, 0])
  }

  /// What a chart with a column for each step must show, straight from the points.
  private func expectCurves(_ track: DivergenceTrack, sourceLocation: SourceLocation = #_sourceLocation) {
    guard let first = track.points.first?.step, let last = track.lastStep else {
      Issue.record("no points", sourceLocation: sourceLocation)
      return
    }
    let window = CurveWindow(firstStep: first, lastStep: last, columns: last - first + 1)
    for direction in [DivergenceDirection.policyReference, .referencePolicy] {
      let isPolicyFirst = direction == .policyReference
      let means = track.curves.columns(
        isPolicyFirst ? .policyReference : .referencePolicy, window, smoothing: 0)
      #expect(means.map(\.column) == track.points.map { $0.step - first }, sourceLocation: sourceLocation)
      #expect(
        means.map(\.last) == track.points.map { $0.statistics(direction).mean },
        sourceLocation: sourceLocation)
      let lower = track.curves.columns(
        isPolicyFirst ? .policyReferenceLower : .referencePolicyLower, window, smoothing: 0)
      let upper = track.curves.columns(
        isPolicyFirst ? .policyReferenceUpper : .referencePolicyUpper, window, smoothing: 0)
      let edges = track.points.map(\.step).filter { step in
        track.point(at: step)?.statistics(direction).shownError != nil
      }
      #expect(lower.map { $0.column + first } == edges, sourceLocation: sourceLocation)
      #expect(upper.map { $0.column + first } == edges, sourceLocation: sourceLocation)
      for (low, high) in zip(lower, upper) {
        let statistics = track.point(at: low.column + first)?.statistics(direction)
        let (mean, error) = (statistics?.mean ?? .nan, statistics?.shownError ?? .nan)
        #expect(low.last == max(0, mean - error), sourceLocation: sourceLocation)
        #expect(high.last == mean + error, sourceLocation: sourceLocation)
      }
    }
    let logged = track.curves.columns(.logged, window, smoothing: 0)
    #expect(logged.map(\.last) == track.points.compactMap(\.logged), sourceLocation: sourceLocation)
    let same = track.curves.columns(.sameTop1, window, smoothing: 0)
    #expect(same.map(\.last) == track.points.map(\.sameTop1), sourceLocation: sourceLocation)
  }

  @Test(arguments: 0..<8 as Range<UInt64>)
  func `Curves follow points that come late, grow and go back`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var log = SyntheticRun()
    var comparer = RunComparer()
    var run = RunModel(path: "run")
    for round in 0..<40 {
      // Validation may be behind training by a few steps; every tenth round the run itself goes back.
      let back = round % 10 == 9
      let newest = back ? round / 2 : round
      log.train(step: newest, ["loss": 1])
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let step = back ? newest : Int.random(in: max(0, newest - 3)...newest, using: &random)
        let samples = (0..<Int.random(in: 1...3, using: &random)).map {
          sample("s\(step)-\($0)", size: random.normal())
        }
        let isLogged = Bool.random(using: &random)
        log.logits(step: step, set: "old", samples, numbers: isLogged ? ["eval/kl": 0.5] : [:])
      }
      run.apply(comparer.measure(log.takeBatch()))
      for track in run.divergences.values { expectCurves(track) }
    }
    #expect(run.divergences.count == 1)
  }

  @Test func `A branch that a restart replaced keeps its curve`() throws {
    let run = RunModel { log in
      for step in 0..<20 { log.logits(step: step, [sample("s", size: Double(step))]) }
      for step in 10..<15 { log.logits(step: step, [sample("s", size: 0)]) }
    }
    let track = try #require(run.divergences.values.first)
    expectCurves(track)
    #expect(track.points.map(\.step) == Array(0..<15))
    let window = CurveWindow(firstStep: 0, lastStep: 19, columns: 20)
    let old = track.abandonedCurves.map { $0.columns(.policyReference, window, smoothing: 0) }
    #expect(old.map { $0.map(\.column) } == [Array(10..<20)])
    #expect(old.map { $0.map(\.last) } == track.abandoned.map { $0.map(\.policyReference.mean) })
  }

  @Test func `A spike of one step among many is seen in its column`() throws {
    let run = RunModel { log in
      for step in 0..<5000 { log.logits(step: step, [sample("s", size: step == 3210 ? 6 : 1)]) }
    }
    let track = try #require(run.divergences.values.first)
    let window = CurveWindow(firstStep: 0, lastStep: 4999, columns: 100)
    let columns = track.curves.columns(.policyReference, window, smoothing: 0)
    let spike = try #require(track.point(at: 3210)?.policyReference.mean)
    #expect(columns.count == 100)
    #expect(columns.filter { $0.extent.maximum == spike }.map(\.column) == [window.column(ofStep: 3210)])
    #expect(columns.reduce(0) { $0 + $1.points } == 5000)
  }
}
