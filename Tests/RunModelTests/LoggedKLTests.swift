import Divergence
import RunAnalysis
import RunLog
import RunTestSupport
import TestSupport
import Testing

@testable import RunModel

struct LoggedKLTests {
  private static let apart = SyntheticSample("a", policy: [1, 2, 0], reference: [2, 1, 0])
  private static let same = SyntheticSample("b", policy: [1, 2, 0], reference: [1, 2, 0])
  private static let right = DivergenceOracle.divergence([1, 2, 0], [2, 1, 0])

  private static let other = SyntheticSample("c", policy: [3, 0, 0], reference: [0, 1, 0])
  private static let otherRight = DivergenceOracle.divergence([3, 0, 0], [0, 1, 0])

  @Test(
    arguments: [
      ["eval/old/kl": right, "eval/new/kl": otherRight], ["eval/new/kl": otherRight, "eval/old/kl": right],
      ["eval/kl": right, "eval/new/kl": otherRight], ["eval/New/kl": otherRight, "eval/old/kl": right],
    ] as [KeyValuePairs<String, Double>])
  func `A key that names another set is not about this one`(numbers: KeyValuePairs<String, Double>) {
    let run = RunModel { log in
      for step in 2...5 {
        log.logits(step: step, set: "old", [Self.apart], numbers: numbers)
        log.logits(step: step, set: "new", [Self.other])
      }
    }
    #expect(run.divergence(set: "old")?.points.map(\.logged) == Array(repeating: Self.right, count: 4))
    #expect(run.codes == [])
  }

  @Test func `What a record logs is not about the rows that have a reference, where some have none`() {
    let run = RunModel { log in
      for step in 2...5 {
        let unknown = SyntheticSample("u", policy: [[9, 0, 0]])
        log.logits(step: step, [Self.apart])
        log.logits(
          step: step, [SyntheticSample("a", policy: [[1, 2, 0]]), unknown], numbers: ["eval/kl": 3])
      }
    }
    #expect(run.divergence()?.points.map(\.logged) == [nil, nil, nil, nil])
    #expect(Set(run.codes) == [.logitsWithoutReference])
  }

  @Test func `A key that names the set goes before one that names none`() {
    let run = RunModel { log in
      log.logits(step: 2, set: "old", [Self.apart], numbers: ["eval/old/kl": Self.right, "eval/kl": 7])
    }
    #expect(run.divergence(set: "old")?.points.map(\.logged) == [Self.right])
    #expect(!run.codes.contains(.loggedKLDiffers))
  }

  @Test func `Training batches and terms of a loss are no broken start`() {
    let run = RunModel { $0.eval(step: 0, ["eval/old/kl": 0.5, "eval/train/kl": 3, "eval/kl_loss": 3]) }
    #expect(run.codes == [.klAtStepZero])
    #expect(run.findings().map(\.series) == ["eval/old/kl"])
  }

  @Test(arguments: [
    "eval/kl_loss", "eval/train/kl", "eval/kl_mean", "eval/loss/kl", "eval/reward/kl", "eval/rewards/kl",
  ])
  func `A key that is kl alone goes before other keys`(other: String) {
    let run = RunModel { log in
      for step in 2...5 {
        log.logits(step: step, [Self.apart], numbers: ["eval/kl": Self.right, "\(other)": 7])
      }
    }
    #expect(run.divergence()?.points.map(\.logged) == Array(repeating: Self.right, count: 4))
    #expect(run.codes.filter { $0 == .loggedKLDiffers } == [])
  }

  @Test(arguments: [
    ("kl_loss", true), ("loss/kl", true), ("rewards/kl", true), ("kl_ref", false), ("objective/kl", false),
  ])
  func `A term of a loss may carry a weight`(key: String, isTerm: Bool) {
    let run = RunModel { log in
      log.logits(step: 5, phase: .train, [Self.apart], numbers: ["\(key)": 7], modes: .training)
    }
    #expect(run.divergence(phase: .train)?.points.map(\.logged) == [7])
    #expect(run.codes == (isTerm ? [] : [.loggedKLDiffers]))
  }

  @Test func `The KL of training batches says nothing about an evaluation`() {
    let run = RunModel { $0.logits(step: 5, [Self.apart], numbers: ["eval/train/kl": 7]) }
    #expect(run.divergence()?.points.map(\.logged) == [nil])
    #expect(run.codes == [])
  }

  @Test func `A sample that stands twice in one record counts twice`() throws {
    let again = SyntheticSample("a", policy: [2, 1, 0], reference: [2, 1, 0])
    let run = RunModel { log in
      log.logits(step: 5, [Self.apart, again], numbers: ["eval/kl": Self.right / 2])
      log.logits(step: 6, [Self.apart, again, Self.same])
      log.logits(step: 6, [again], numbers: ["eval/kl": 0])
    }
    let first = try #require(run.divergence()?.point(at: 5))
    #expect(first.rows == 2)
    #expect(near(first.policyReference.mean, Self.right / 2))
    #expect(run.codes == [])
    let second = try #require(run.divergence()?.point(at: 6))
    #expect(second.samples.map(\.name) == [.named("a"), .named("b")], "a later record replaces both")
    #expect(second.policyReference.mean == 0)
  }

  @Test func `What a record logged is unknown once some of its samples are replaced`() {
    let run = RunModel { log in
      log.logits(step: 5, [Self.apart, Self.same], numbers: ["eval/kl": Self.right / 2])
      log.logits(
        step: 5, [SyntheticSample("a", policy: [2, 1, 0], reference: [2, 1, 0])], numbers: ["eval/kl": 0])
      log.logits(step: 6, [Self.apart, Self.same], numbers: ["eval/kl": 9])
      log.logits(step: 6, [Self.apart, Self.same], numbers: ["eval/kl": Self.right / 2])
    }
    #expect(run.divergence()?.points.map(\.logged) == [nil, Self.right / 2])
    #expect(run.codes == [.loggedKLDiffers], "9 is wrong of the very rows that it came with")
  }
}
