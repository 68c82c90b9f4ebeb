import RunLog
import RunTestSupport
import TestSupport
import Testing

@testable import RunAnalysis
@testable import RunModel

struct FindingTests {
  private static let same = SyntheticSample("a", policy: [1, 2, 0], reference: [1, 2, 0])
  private static let apart = SyntheticSample("b", policy: [1, 2, 0], reference: [2, 1, 0])

  @Test func `A correct run has no findings`() {
    let run = RunModel { log in
      log.logits(step: 0, set: "old", [Self.same], numbers: ["eval/kl": 0, "eval/loss": 1])
      for step in 0..<50 {
        log.train(
          step: step, ["loss": 1, "kl": 1.2, "kl_old_test": .nan, "grad_norm": .nan], modes: .training)
      }
      let kl = DivergenceOracle.divergence(Self.apart.policy[0], Self.apart.reference[0])
      log.logits(step: 50, set: "old", [Self.apart], numbers: ["eval/kl": kl * 1.009])
      log.eval(step: 50, ["eval/kl": 9])
    }
    #expect(run.findings() == [])
  }

  @Test func `Switches that stand wrong are found with their first step and their count`() {
    let run = RunModel { log in
      log.train(step: 1, ["loss": 1], modes: .training)
      for step in 2...4 {
        log.train(
          step: step, ["loss": 1],
          modes: ModelModes(
            policy: .train, policyGradients: true, reference: .train, referenceGradients: true))
      }
      for step in [3, 4] {
        log.eval(step: step, ["eval/loss": 1], modes: ModelModes(policy: .train, policyGradients: true))
      }
    }
    #expect(
      run.found
        == [
          Found(.evaluationInTrainMode, nil, 3, 2, .warning),
          Found(.referenceInTrainMode, nil, 2, 3, .warning),
          Found(.evaluationWithGradients, nil, 3, 2, .note), Found(.referenceWithGradients, nil, 2, 3, .note),
        ].sorted())
    #expect(run.findings().first?.message.contains("steps 2–4") == true)
  }

  @Test func `A loss that is not finite is an error, one for each series`() {
    let run = RunModel { log in
      log.train(step: 0, ["loss": 1, "total_loss": 1])
      log.train(step: 1, ["loss": .nan, "total_loss": .infinity])
      log.train(step: 2, ["loss": .nan, "loss_scale": .infinity])
      log.eval(step: 2, ["eval/old/loss": -.infinity])
    }
    #expect(
      run.found
        == [
          Found(.nonfiniteLoss, "eval/old/loss", 2, 1, .error), Found(.nonfiniteLoss, "loss", 1, 2, .error),
          Found(.nonfiniteLoss, "total_loss", 1, 1, .error),
        ].sorted())
    #expect(
      run.findings().first { $0.series == "loss" }?.message.hasPrefix("loss is NaN at steps 1–2") == true)
  }

  @Test func `Masks that differ are counted by rows`() {
    let masked = SyntheticSample(
      "a", policy: [[1, 2, 0], [1, 2, 0], [1, 2, 0]],
      reference: [[1, 2, -.infinity], [1, -.infinity, 0], [1, 2, 0]])
    let run = RunModel { log in
      log.logits(step: 3, set: "old", [masked])
      log.logits(step: 4, set: "old", [masked])
      log.logits(step: 4, set: "new", [Self.apart])
    }
    #expect(run.found == [Found(.differentMasks, "eval old", 3, 4, .error)])
  }

  @Test func `Divergences that are not finite are errors, once for each cause`() {
    let broken = SyntheticSample(
      "a", policy: [[1, .nan, 0], [1, 2, 0], [1, 2, 0], [.infinity, 0, 0]],
      reference: [[1, 2, 0], [.nan, 2, 0], [1, 2, -.infinity], [0, 0, 0]])
    let run = RunModel { $0.logits(step: 3, set: "old", [broken]) }
    #expect(run.found.contains(Found(.nonfiniteDivergence, "eval old", 3, 3, .error)))
    #expect(run.found.contains(Found(.differentMasks, "eval old", 3, 1, .error)))
    let finding = run.findings().first { $0.code == .nonfiniteDivergence }
    #expect(finding?.message.contains("3 rows NaN") == true)
    #expect(NonfiniteRows().text.isEmpty)
  }

  @Test func `A logged KL that differs from the logits is found`() {
    let kl = DivergenceOracle.divergence(Self.apart.policy[0], Self.apart.reference[0])
    let run = RunModel { log in
      log.logits(step: 3, set: "old", [Self.apart], numbers: ["eval/kl": kl * 1.02])
      log.logits(step: 4, set: "old", [Self.apart], numbers: ["eval/kl": kl * 0.98])
      log.logits(step: 5, set: "old", [Self.apart], numbers: ["eval/kl": .nan])
      log.logits(step: 6, set: "old", [Self.same], numbers: ["eval/kl": 1.9e-5])
      log.logits(step: 7, set: "new", [Self.same], numbers: ["eval/kl": 2.1e-5])
    }
    #expect(
      run.found.filter { $0.code == .loggedKLDiffers }
        == [Found(.loggedKLDiffers, "eval/kl", 3, 1, .warning)])
  }

  @Test func `Models that differ at the first step are found in eval mode only`() {
    let inEval = RunModel { $0.logits(step: 0, set: "old", [Self.apart]) }
    #expect(inEval.found == [Found(.klAtStepZero, "eval old", 0, 1, .warning)])
    let inTrain = RunModel { $0.logits(step: 0, set: "old", phase: .train, [Self.apart], modes: .training) }
    #expect(inTrain.found == [])
    let unknown = RunModel { $0.logits(step: 0, set: "old", [Self.apart], modes: ModelModes()) }
    #expect(unknown.found == [Found(.klAtStepZero, "eval old", 0, 1, .warning)])
    #expect(unknown.findings()[0].message.contains("does not say whether the policy was in eval mode"))
    let later = RunModel { log in
      log.logits(step: 0, set: "old", [Self.same])
      log.logits(step: 10, set: "old", [Self.apart])
    }
    #expect(later.found == [])
    let updated = RunModel { log in
      for step in [1, 10] { log.logits(step: step, set: "old", [Self.apart], numbers: ["eval/kl": 0.5]) }
    }
    #expect(!updated.codes.contains(.klAtStepZero), "the first evaluation came after an update")
    let resumed = RunModel { $0.logits(step: 500, set: "old", [Self.apart]) }
    #expect(resumed.found == [], "a log that begins later says nothing about the start")
  }

  @Test(arguments: [(0.9e-4, 0), (1.1e-4, 1), (.infinity, 1), (.nan, 0)])
  func `A logged KL alone shows a broken start too`(kl: Double, count: Int) {
    let run = RunModel { log in
      log.eval(step: 0, ["eval/kl": kl, "eval/loss": 3])
      log.train(step: 0, ["kl": 1.2, "loss": 3], modes: .training)
      log.eval(step: 10, ["eval/kl": 0.5])
    }
    let broken = run.found.filter { $0.code == .klAtStepZero }
    #expect(broken == (count > 0 ? [Found(.klAtStepZero, "eval/kl", 0, count, .warning)] : []))
    let others = run.found.filter { $0.code != .klAtStepZero }
    #expect(others == (kl.isFinite ? [] : [Found(.nonfiniteKL, "eval/kl", 0, 1, .error)]))
  }

  @Test func `What was taken for the start is forgotten when an earlier step comes`() {
    let run = RunModel { log in
      log.eval(step: 1, ["eval/kl": 0.5])
      log.train(step: 0, ["loss": 1], modes: .training)
    }
    #expect(run.found == [])
  }

  @Test func `A restart takes back what it replaces and keeps the rest`() {
    let wrong = ModelModes(policy: .train, reference: .train)
    let run = RunModel { log in
      log.logits(step: 0, [Self.apart])
      for step in 1...9 { log.train(step: step, ["loss": step > 5 ? .nan : 1], modes: wrong) }
      log.train(step: 4, ["loss": 1], modes: .training)
    }
    #expect(
      run.found
        == [
          Found(.klAtStepZero, "eval", 0, 1, .warning), Found(.referenceInTrainMode, nil, 1, 3, .warning),
        ].sorted())
  }

  @Test func `A replay knows only what was found up to its step`() {
    let run = RunModel { log in
      for step in 0...9 { log.train(step: step, ["loss": step >= 3 ? .nan : 1]) }
    }
    #expect(run.findings(at: 2).isEmpty)
    #expect(run.findings(at: 5).map(\.count) == [3])
    #expect(run.findings(at: 5).first?.message.contains("steps 3–5") == true)
    #expect(run.findings().map(\.count) == [7])
  }

  @Test func `Errors come first, then what happened earlier`() {
    let run = RunModel { log in
      log.train(step: 1, ["loss": 1], modes: ModelModes(reference: .eval, referenceGradients: true))
      log.train(step: 2, ["loss": 1], modes: ModelModes(reference: .train))
      log.train(step: 3, ["total_loss": .nan])
      log.train(step: 3, ["loss": .nan])
    }
    #expect(run.findings().map(\.severity) == [.error, .error, .warning, .note])
    #expect(run.findings().prefix(2).map(\.series) == ["loss", "total_loss"])
  }

  @Test func `Logits that cannot be used are told with line and reason`() {
    let run = RunModel { log in
      log.train(step: 4, ["loss": 1])
      log.notice(.unusable(reason: "logits are [2,3], ref_logits [2,4]"))
      log.train(step: 5, ["loss": 1])
    }
    #expect(run.found == [Found(.unusableDistribution, nil, 5, 1, .warning)])
    #expect(run.findings().first?.message.contains("logits are [2,3], ref_logits [2,4]") == true)
    #expect(run.rejections.count == 0)
  }

  @Test(arguments: [
    ("3 tokens for 5", "tokens"), ("2 labels for 4", "labels"), ("2 classes for 4", "classes"),
    ("3 samples for 4 rows of logits", "logits or log-probabilities"),
  ])
  func `What was left out is told from the reason`(reason: String, subject: String) {
    let run = RunModel { log in
      log.notice(.unusable(reason: reason))
      log.train(step: 5, ["loss": 1])
    }
    #expect(run.findings().first?.message.hasPrefix("\(subject) left out, line 1: \(reason)") == true)
  }

  @Test(arguments: [
    (0.0, "0"), (1, "1"), (1234.4, "1234"), (12345.6, "12346"), (0.30601, "0.306"), (-0.0123456, "-0.0123"),
    (2.5e-9, "2.5e-09"), (99.96, "100"), (.nan, "NaN"), (.infinity, "Infinity"), (-.infinity, "-Infinity"),
    (.greatestFiniteMagnitude, "1.7976931348623157e+308"), (.leastNonzeroMagnitude, "5e-324"),
  ])
  func `Numbers in sentences have three digits that matter`(value: Double, text: String) {
    #expect(SentenceNumber.text(value) == text)
  }
}

/// A finding without its sentence.
private struct Found: Hashable, Comparable {
  var code: FindingCode
  var series: String?
  var step: Int
  var count: Int
  var severity: Finding.Severity

  init(_ code: FindingCode, _ series: String?, _ step: Int, _ count: Int, _ severity: Finding.Severity) {
    self.code = code
    self.series = series
    self.step = step
    self.count = count
    self.severity = severity
  }

  static func < (left: Found, right: Found) -> Bool {
    (left.code.rawValue, left.series ?? "") < (right.code.rawValue, right.series ?? "")
  }
}

extension RunModel {
  fileprivate var found: [Found] {
    findings().map { Found($0.code, $0.series, $0.step, $0.count, $0.severity) }.sorted()
  }
}
