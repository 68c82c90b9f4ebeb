import Divergence
import RunLog
import RunTestSupport
import TestSupport
import Testing

@testable import RunModel

struct StepDivergenceTests {
  @Test func `Statistics of a step are those of its rows by the definition`() throws {
    var random = SplitMix64(seed: 21)
    let samples = (0..<6).map { index in
      SyntheticSample.random(
        "s\(index)", positions: 4, vocabulary: 9, mask: [true, index % 2 == 0, true, false], using: &random)
    }
    let run = RunModel { $0.logits(step: 3, set: "old", samples) }
    let point = try #require(run.divergence(set: "old")?.point(at: 3))
    let policy = samples.map(\.policyReference)
    let reference = samples.flatMap(\.referencePolicy)
    #expect(point.rows == 15)
    #expect(near(point.policyReference.mean, DivergenceOracle.mean(policy.flatMap(\.self))))
    #expect(near(point.policyReference.standardError, DivergenceOracle.standardError(policy.flatMap(\.self))))
    #expect(near(point.policyReference.standardErrorBySample, DivergenceOracle.standardErrorBySample(policy)))
    #expect(near(point.referencePolicy.mean, DivergenceOracle.mean(reference)))
    #expect(near(point.referencePolicy.median, DivergenceOracle.percentile(0.5, reference)))
    #expect(near(point.referencePolicy.p90, DivergenceOracle.percentile(0.9, reference)))
    #expect(near(point.referencePolicy.p95, DivergenceOracle.percentile(0.95, reference)))
    #expect(near(point.referencePolicy.p99, DivergenceOracle.percentile(0.99, reference)))
    #expect(near(point.referencePolicy.p99_9, DivergenceOracle.percentile(0.999, reference)))
    #expect(near(point.referencePolicy.maximum, reference.max() ?? .nan))
  }

  @Test func `Entropies and agreement are means over the rows`() throws {
    let run = RunModel { log in
      log.logits(
        step: 0,
        [
          SyntheticSample("a", policy: [3, 0, 0], reference: [0, 1, 0]),
          SyntheticSample("b", policy: [0, 0, 2], reference: [0, 0, 5]),
        ])
    }
    let point = try #require(run.divergence()?.point(at: 0))
    let expected = (DivergenceOracle.entropy([3, 0, 0]) + DivergenceOracle.entropy([0, 0, 2])) / 2
    #expect(near(point.policyEntropy, expected))
    #expect(point.sameTop1 == 0.5)
    #expect(point.nanRows == 0)
    #expect(point.maskedDifferently == 0)
  }

  @Test func `Several records of one step add rows`() throws {
    var random = SplitMix64(seed: 2)
    let samples = (0..<5).map {
      SyntheticSample.random("s\($0)", positions: 1, vocabulary: 4, using: &random)
    }
    let together = RunModel { $0.logits(step: 1, samples) }
    let apart = RunModel { log in for sample in samples { log.logits(step: 1, [sample]) } }
    let expected = try #require(together.divergence()?.point(at: 1))
    let point = try #require(apart.divergence()?.point(at: 1))
    #expect(point.rows == 5)
    #expect(point.policyReference == expected.policyReference)
    #expect(point.referencePolicy == expected.referencePolicy)
  }

  @Test func `A sample given twice replaces its rows and what was logged with them`() throws {
    let run = RunModel { log in
      log.logits(
        step: 1, [SyntheticSample("a", policy: [5, 0], reference: [0, 0])], numbers: ["eval/kl": 9])
      log.logits(
        step: 1, [SyntheticSample("b", policy: [0, 0], reference: [0, 0])], numbers: ["eval/kl": 2])
      log.logits(
        step: 1, [SyntheticSample("a", policy: [0, 0], reference: [0, 0])], numbers: ["eval/kl": 1])
    }
    let point = try #require(run.divergence()?.point(at: 1))
    #expect(point.rows == 2)
    #expect(point.policyReference.mean == 0)
    #expect(point.logged == 1.5)
    #expect(point.samples.map(\.name) == [.named("a"), .named("b")])
  }

  @Test func `Unnamed rows add up`() throws {
    let run = RunModel { log in
      for _ in 0..<3 { log.logits(step: 0, [SyntheticSample(policy: [1, 0], reference: [1, 0])]) }
    }
    #expect(run.divergence()?.point(at: 0)?.rows == 3)
  }

  @Test func `A row that is not a number makes the mean one, not the percentiles`() throws {
    let run = RunModel { log in
      log.logits(
        step: 0,
        [
          SyntheticSample("a", policy: [1, .nan], reference: [1, 2]),
          SyntheticSample("b", policy: [1, 2], reference: [2, 1]),
        ])
    }
    let point = try #require(run.divergence()?.point(at: 0))
    #expect(point.rows == 2)
    #expect(point.nanRows == 1)
    #expect(point.policyReference.mean.isNaN)
    #expect(near(point.policyReference.maximum, DivergenceOracle.divergence([1, 2], [2, 1])))
  }

  @Test func `Masks that differ make the divergence infinite and are counted`() throws {
    let run = RunModel { log in
      log.logits(
        step: 4,
        [
          SyntheticSample("a", policy: [1, 2, 0], reference: [1, 2, -.infinity]),
          SyntheticSample("b", policy: [1, 2, -.infinity], reference: [1, 2, -.infinity]),
        ])
    }
    let point = try #require(run.divergence()?.point(at: 4))
    #expect(point.policyReference.mean == .infinity)
    #expect(point.referencePolicy.mean.isFinite)
    #expect(point.maskedDifferently == 1)
    #expect(point.nanRows == 0)
  }

  @Test func `The logged value is the KL of the same record and phase`() throws {
    let sample = SyntheticSample("a", policy: [1, 0], reference: [0, 1])
    let run = RunModel { log in
      log.train(step: 2, ["kl": 77])
      log.logits(
        step: 2, [sample], numbers: ["kl": 5, "eval/kl_reverse": 6, "eval/loss": 3, "eval/kl": 0.25])
      log.eval(step: 2, ["eval/kl": 88])
      log.logits(step: 4, [sample], numbers: ["eval/loss": 3])
      log.logits(step: 5, phase: .train, [sample], numbers: ["kl": 0.5, "eval/kl": 6], modes: .training)
    }
    #expect(run.divergence()?.points.map(\.logged) == [0.25, nil])
    #expect(run.divergence(phase: .train)?.points.map(\.logged) == [0.5])
  }

  @Test func `Records of different size weigh by their rows in the logged mean`() throws {
    let rows = [[0.0, 0], [0, 0], [0, 0]]
    let run = RunModel { log in
      log.logits(step: 0, [SyntheticSample("a", policy: rows, reference: rows)], numbers: ["eval/kl": 1])
      log.logits(
        step: 0, [SyntheticSample("b", policy: [0, 0], reference: [0, 0])], numbers: ["eval/kl": 5])
      log.logits(step: 1, [SyntheticSample("a", policy: rows, reference: rows)], numbers: ["eval/kl": 1])
      log.logits(step: 1, [SyntheticSample("b", policy: [0, 0], reference: [0, 0])])
    }
    #expect(run.divergence()?.points.map(\.logged) == [2, nil])
  }

  @Test func `Very many records of one step cost little each and hold few pictures`() throws {
    var run = RunModel(path: "-")
    for sample in 0..<10_000 { run.apply(.oneRow(step: 0, names: ["s\(sample)"], source: .reading)) }
    run.apply(.oneRow(step: 1, names: ["s0"], source: .upToDate))
    let point = try #require(run.divergence()?.point(at: 0))
    #expect(point.samples.count == 10_000)
    #expect(point.rows == 10_000)
    #expect(point.pictureEntries > 400_000)
    #expect(point.pictureEntries < 600_000)
  }
}

extension RunModel {
  /// The divergence of one set, of the evaluation unless said otherwise.
  func divergence(phase: Phase = .eval, set: String? = nil) -> DivergenceTrack? {
    divergences[ProbeKey(phase: phase, set: set)]
  }
}

extension ComparedBatch {
  /// A line with one row of a vocabulary of sixty for each sample, measured once for all of them.
  static func oneRow(step: Int, names: [String], source: SourceState) -> ComparedBatch {
    var log = SyntheticRun()
    log.eval(step: step)
    let samples = names.map {
      ComparedSample(name: .named($0), rows: measured.rows, pictures: measured.pictures)
    }
    return ComparedBatch(
      batch: log.takeBatch(source: source),
      measurements: [Measurement(record: 0, set: nil, samples: samples, rowsWithoutReference: 0)])
  }

  private static let measured: ComparedSample = {
    var log = SyntheticRun()
    let row = (0..<60).map(Double.init)
    log.logits(step: 0, [SyntheticSample("a", policy: row, reference: row)])
    var comparer = RunComparer()
    return comparer.measure(log.takeBatch()).measurements[0].samples[0]
  }()
}
