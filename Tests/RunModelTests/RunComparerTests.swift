import Divergence
import FileAccess
import RunLog
import RunTestSupport
import TestSupport
import Testing

@testable import RunAnalysis
@testable import RunModel

struct RunComparerTests {
  private static let whole = SyntheticSample("a", policy: [1, 0], reference: [0, 1])
  private static let policyOnly = SyntheticSample("a", policy: [[2, 0]])
  private static let referenceOnly = SyntheticSample("a", reference: [[0, 1]])

  @Test func `A reference given once serves later steps`() {
    let run = RunModel { log in
      log.logits(step: 5, [Self.whole])
      log.logits(step: 6, [Self.policyOnly])
    }
    let expected = DivergenceOracle.divergence([2, 0], [0, 1])
    #expect(near(run.divergence()?.point(at: 6)?.policyReference.mean, expected))
    #expect(run.codes.isEmpty)
  }

  @Test func `A reference given ahead, without the policy, serves too`() {
    let run = RunModel { log in
      log.logits(step: 6, [Self.referenceOnly])
      log.logits(step: 6, [Self.policyOnly])
      log.logits(step: 7, [Self.policyOnly])
    }
    #expect(run.divergence()?.points.map(\.step) == [6, 7])
    #expect(run.codes.isEmpty)
  }

  @Test func `A reference never serves an earlier step`() {
    let run = RunModel { log in
      log.logits(step: 5, [Self.whole])
      log.logits(step: 4, phase: .train, [Self.policyOnly], modes: .training)
    }
    #expect(run.divergence(phase: .train) == nil)
    #expect(run.codes == [.logitsWithoutReference])
  }

  @Test func `A reference serves its own set and sample only`() {
    let run = RunModel { log in
      log.logits(step: 2, set: "old", [Self.whole])
      log.logits(step: 3, set: "new", [Self.policyOnly])
      log.logits(step: 3, set: "old", [SyntheticSample("b", policy: [[1, 0]])])
      log.logits(step: 3, set: "old", [SyntheticSample(policy: [[1, 0]])])
    }
    #expect(run.divergences.values.map { $0.points.count } == [1])
    #expect(run.findings().map(\.series) == ["eval new", "eval old"])
    #expect(run.findings().map(\.count) == [1, 2])
  }

  @Test func `Rows of unnamed batches are known by their place`() {
    let run = RunModel { log in
      log.logits(
        step: 0,
        [
          SyntheticSample(policy: [1, 0], reference: [0, 1]),
          SyntheticSample(policy: [1, 0], reference: [0, 3]),
        ])
      log.logits(step: 1, [SyntheticSample(policy: [[1, 0]]), SyntheticSample(policy: [[1, 0]])])
    }
    let points = run.divergence()?.points ?? []
    #expect(points.count == 2)
    #expect(points.first?.policyReference == points.last?.policyReference)
  }

  @Test func `Unnamed rows of one phase are not those of the other`() {
    let run = RunModel { log in
      log.logits(step: 5, [SyntheticSample(policy: [1, 0], reference: [0, 1])])
      log.logits(
        step: 5, phase: .train, [SyntheticSample(policy: [1, 0], reference: [0, 3])], modes: .training)
      log.logits(step: 6, [SyntheticSample(policy: [[1, 0]])])
    }
    let expected = DivergenceOracle.divergence([1, 0], [0, 1])
    #expect(near(run.divergence()?.point(at: 6)?.policyReference.mean, expected))
  }

  @Test func `Of two unnamed batches at one step nobody knows which one a later row is of`() {
    let run = RunModel { log in
      for step in [5, 6] {
        log.logits(step: step, [SyntheticSample(policy: [1, 0], reference: [0, 1])])
        log.logits(step: step, [SyntheticSample(policy: [1, 0], reference: [0, 3])])
      }
      log.logits(step: 7, [SyntheticSample(policy: [[1, 0]])])
    }
    #expect(run.divergence()?.points.map(\.step) == [5, 6])
    #expect(run.findings().filter { $0.code == .logitsWithoutReference }.map(\.step) == [7])
  }

  @Test func `After a restart the reference of that step counts again`() {
    let run = RunModel { log in
      log.logits(step: 2, [Self.whole])
      for step in [4, 6] { log.logits(step: step, [Self.policyOnly]) }
      log.logits(step: 8, [SyntheticSample("a", policy: [1, 0], reference: [0, 3])])
      for step in [4, 6] { log.logits(step: step, [Self.policyOnly]) }
      log.logits(step: 9, [Self.policyOnly])
    }
    let expected = DivergenceOracle.divergence([2, 0], [0, 1])
    #expect(run.restarts.map(\.toStep) == [4])
    #expect(run.divergence()?.points.map(\.step) == [2, 4, 6, 9])
    #expect(near(run.divergence()?.point(at: 4)?.policyReference.mean, expected))
    #expect(near(run.divergence()?.point(at: 9)?.policyReference.mean, expected))
  }

  @Test func `Numbers of a lower step take the references of the abandoned branch with them`() {
    let run = RunModel { log in
      log.logits(step: 2, [Self.whole])
      log.train(step: 7, ["loss": 1])
      log.logits(step: 8, [SyntheticSample("a", policy: [1, 0], reference: [0, 3])])
      log.train(step: 8, ["loss": 1])
      for step in [5, 6, 7] { log.train(step: step, ["loss": 1]) }
      log.logits(step: 9, [Self.policyOnly])
    }
    let expected = DivergenceOracle.divergence([2, 0], [0, 1])
    #expect(near(run.divergence()?.point(at: 9)?.policyReference.mean, expected))
  }

  @Test func `Late numbers of another key or phase abandon nothing`() {
    let run = RunModel { log in
      log.train(step: 7, ["loss": 1])
      log.logits(step: 8, [SyntheticSample("a", policy: [1, 0], reference: [0, 3])])
      log.eval(step: 5, ["eval/accuracy": 1])
      log.train(step: 6, ["throughput": 1])
      log.logits(step: 9, [Self.policyOnly])
    }
    let expected = DivergenceOracle.divergence([2, 0], [0, 3])
    #expect(near(run.divergence()?.point(at: 9)?.policyReference.mean, expected))
  }

  @Test func `A reference of another shape is none`() {
    let run = RunModel { log in
      log.logits(
        step: 2,
        [SyntheticSample("a", policy: [[1, 0, 2], [1, 2, 3]], reference: [[0, 1, 2], [1, 2, 3]])])
      log.logits(step: 3, [SyntheticSample("a", policy: [[1, 0], [1, 1], [1, 2]])])
    }
    #expect(run.divergence()?.points.map(\.step) == [2])
    #expect(run.codes == [.logitsWithoutReference])
  }

  @Test func `A file that is read again has to give its reference again`() {
    let run = RunModel { log in
      log.logits(step: 0, [Self.whole])
      log.logits(step: 1, [Self.policyOnly])
      log.notice(.startedOver(.replaced))
      log.logits(step: 0, [SyntheticSample("a", policy: [[1, 0]])])
    }
    #expect(run.codes == [.logitsWithoutReference])
    #expect(run.divergence()?.points.isEmpty == true)
  }

  @Test func `The same in one batch each`() {
    var log = SyntheticRun()
    var comparer = RunComparer()
    log.logits(step: 0, [Self.whole])
    log.notice(.startedOver(.truncated))
    #expect(comparer.measure(log.takeBatch()).measurements.first?.samples.count == 1)
    log.logits(step: 0, [Self.policyOnly])
    #expect(comparer.measure(log.takeBatch()).measurements.first?.rowsWithoutReference == 1)
  }

  @Test func `Pictures show the probabilities of the rows that count`() {
    var sample = SyntheticSample(
      "a", policy: [[0, 0], [2, 0]], reference: [[0, 0], [0, 0]], mask: [false, true])
    sample.targets = [-1, 1]
    var log = SyntheticRun()
    log.logits(step: 0, [sample], labels: ["no", "yes"])
    var comparer = RunComparer()
    let measured = comparer.measure(log.takeBatch()).measurements.first?.samples.first
    #expect(measured?.rows.map(\.position) == [1])
    #expect(measured?.pictures.count == 1)
    #expect(measured?.pictures.first?.labels == ["no", "yes"])
    #expect(measured?.pictures.first?.target == 1)
    #expect(near(measured?.pictures.first?.entry(0)?.policy, DivergenceOracle.softmax([2, 0])[0]))
    #expect(measured?.pictures.first?.entry(0)?.reference == 0.5)
  }
}
