import Divergence
import RunTestSupport
import TestSupport
import Testing

@testable import Reports
@testable import RunModel

/// The numbers of `kltop kl`.
struct LogitsReportTests {
  @Test func `Statistics are those of the rows`() throws {
    let fixture = try LogitsFixture(samples: 5, positions: 8, vocabulary: 33)
    let report = try report(try fixture.pair("step-000120.safetensors"))
    let step = try #require(report.steps.first)
    let rows = fixture.divergences
    let sorted = rows.sorted()
    #expect(report.vocabulary == 33 && report.steps.count == 1 && step.step == 120 && step.rows == 40)
    #expect(abs(step.policyReference.mean - mean(rows)) < 4e-6)
    #expect(abs(step.referencePolicy.mean - mean(fixture.opposite)) < 4e-6)
    let variance = mean(rows.map { $0 * $0 }) - mean(rows) * mean(rows)
    #expect(abs(try #require(step.policyReference.standardError) - (variance / 39).squareRoot()) < 1e-6)
    // 0.9 · 39 = 35.1
    #expect(abs(step.policyReference.p90 - (sorted[35] + 0.1 * (sorted[36] - sorted[35]))) < 4e-6)
    #expect(
      abs(step.policyReference.minimum - sorted[0]) < 4e-6
        && abs(step.policyReference.maximum - sorted[39]) < 4e-6)
    #expect(step.nanRows == 0 && step.target == nil)
  }

  @Test(arguments: [
    (StoredNumbers.float64, 5e-6), (.float32, 5e-6), (.float16, 2e-3), (.bfloat16, 2e-2),
  ])
  func `Dumps of less precision give the float32 result within their rounding`(
    type: StoredNumbers, tolerance: Double
  ) throws {
    let fixture = try LogitsFixture(samples: 4, positions: 6, vocabulary: 2000)
    let precise = try report(try fixture.pair()).steps[0]
    let rounded = try report(try fixture.pair("rounded.safetensors", as: type)).steps[0]
    #expect(abs(rounded.policyReference.mean - precise.policyReference.mean) < tolerance)
    #expect(abs(rounded.referencePolicy.mean - precise.referencePolicy.mean) < tolerance)
    #expect(abs(precise.policyReference.mean - mean(fixture.divergences)) < 5e-6)
  }

  @Test func `Nothing depends on the number of threads`() throws {
    let fixture = try LogitsFixture(samples: 7, positions: 31, vocabulary: 1000)
    let path = try fixture.pair()
    let one = try report(path) { $0.threads = 1 }.json()
    for threads in [2, 3, 8] { #expect(try report(path) { $0.threads = threads }.json() == one) }
  }

  @Test func `Nothing depends on how rows are split over files`() throws {
    let fixture = try LogitsFixture(samples: 9, positions: 5, vocabulary: 100)
    let mask = (0..<45).map { $0 % 4 == 1 ? 0.0 : 1 }
    let targets = (0..<45).map { Double($0 * 2) }
    let labels = { (samples: Range<Int>) in
      let rows = samples.lowerBound * 5..<samples.upperBound * 5
      return [
        WrittenTensor("mask", .bool, [samples.count, 5], Array(mask[rows])),
        WrittenTensor("targets", .int64, [samples.count, 5], Array(targets[rows])),
      ]
    }
    let whole = try report(try fixture.pair("whole/step-3.safetensors", with: labels(0..<9)))
    for (part, samples) in [0..<1, 1..<6, 6..<9].enumerated() {
      _ = try fixture.pair("split/step-3.rank\(part).safetensors", samples: samples, with: labels(samples))
    }
    var parts = try report(fixture.folder.path("split"))
    parts.policy = whole.policy
    #expect(try parts.json() == whole.json())
    #expect(parts.steps[0].rows == 34)

    // The reference cut in other places than the policy.
    for (part, samples) in [0..<4, 4..<9].enumerated() {
      let range = samples.lowerBound * 500..<samples.upperBound * 500
      _ = try fixture.array(
        "reference/step-3.part\(part).npy", [samples.count, 5, 100], Array(fixture.reference[range]))
    }
    var apart = try report(fixture.folder.path("split"), fixture.folder.path("reference"))
    (apart.policy, apart.reference) = (whole.policy, nil)
    #expect(try apart.json() == whole.json())
  }

  @Test func `Only rows that the mask leaves count`() throws {
    let fixture = try LogitsFixture(samples: 3, positions: 4, vocabulary: 20)
    let mask: [Double] = [1, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1, 1]
    let path = try fixture.pair(with: [WrittenTensor("mask", .int32, [3, 4], mask)])
    let step = try report(path).steps[0]
    let kept = zip(fixture.divergences, mask).filter { $0.1 != 0 }.map(\.0)
    #expect(step.rows == 5)
    #expect(abs(step.policyReference.mean - mean(kept)) < 4e-6)
    #expect(Set(step.samples.map(\.sample)) == ["0", "2"])
    #expect(abs(step.klDiv.batchmean - kept.reduce(0, +) / 2) < 1e-5)
    #expect(abs(step.klDiv.mean - mean(kept) / 20) < 1e-6)
  }

  @Test func `Reductions divide the sum of the rows`() throws {
    let sequences = try LogitsFixture(samples: 3, positions: 4, vocabulary: 20)
    let sum = sequences.divergences.reduce(0, +)
    let inSequences = try report(try sequences.pair()).steps[0].klDiv
    #expect(abs(inSequences.sum - sum) < 1e-5 && abs(inSequences.batchmean - sum / 3) < 1e-5)
    #expect(abs(inSequences.mean - sum / 240) < 1e-6 && !inSequences.torchWouldGiveNaN)
    let flat = [("logits", sequences.policy), ("ref_logits", sequences.reference)].map {
      WrittenTensor($0, .float32, [12, 20], $1)
    }
    let inRows = try report(try sequences.write("flat.safetensors", flat)).steps[0]
    #expect(abs(inRows.klDiv.batchmean - sum / 12) < 1e-5)
    #expect(inRows.samples.count == 12)
  }

  @Test(arguments: [[2, 3], [2]])
  func `Targets tell what both models give the right class`(shape: [Int]) throws {
    let fixture = try LogitsFixture(samples: 2, positions: 3, vocabulary: 10)
    let classes: [Double] = shape.count == 2 ? [1, -100, 3, 9, 0, 2] : [4, 7]
    let path = try fixture.pair(with: [WrittenTensor("targets", .int64, shape, classes)])
    let target = try #require(try report(path).steps[0].target)
    var changes: [Double] = [], policyLoss: [Double] = [], referenceLoss: [Double] = []
    for row in 0..<6 {
      let right = Int(shape.count == 2 ? classes[row] : classes[row / 3])
      guard right >= 0 else { continue }
      let range = row * 10..<row * 10 + 10
      let policy = LogitsMath.logSoftmax(fixture.policy[range])[right]
      let reference = LogitsMath.logSoftmax(fixture.reference[range])[right]
      changes.append(LogitsMath.exp(policy) - LogitsMath.exp(reference))
      policyLoss.append(-policy)
      referenceLoss.append(-reference)
    }
    #expect(target.rows == changes.count)
    #expect(abs(target.deltaPMean - mean(changes)) < 1e-6)
    #expect(abs(target.deltaPRms - mean(changes.map { $0 * $0 }).squareRoot()) < 1e-6)
    #expect(
      abs(target.nllPolicy - mean(policyLoss)) < 1e-5 && abs(target.nllReference - mean(referenceLoss)) < 1e-5
    )
  }

  @Test func `Samples come with the largest divergence first`() throws {
    let fixture = try LogitsFixture(samples: 6, positions: 3, vocabulary: 10)
    var report = try report(try fixture.pair())
    let means = stride(from: 0, to: 18, by: 3).map { mean(fixture.divergences[$0..<$0 + 3]) }
    let order = means.indices.sorted { means[$0] > means[$1] }
    #expect(report.steps[0].samples.map(\.sample) == order.map { "\($0)" })
    #expect(abs(report.steps[0].samples[0].policyReference - means[order[0]]) < 4e-6)
    report.keepSamples(2)
    #expect(report.steps[0].samples.map(\.sample) == order.prefix(2).map { "\($0)" })
  }

  @Test func `Bits scale what is logarithmic and leave the rest`() throws {
    let fixture = try LogitsFixture(samples: 3, positions: 1, vocabulary: 10)
    let nats = try report(try fixture.pair(with: [WrittenTensor("targets", .int64, [3], [1, 2, 3])]))
    let bits = nats.converted(to: .bits)
    let (n, b) = (nats.steps[0], bits.steps[0])
    let factor = 1 / LogitsMath.log(2)
    #expect(bits.unit == .bits)
    for value in [
      \LogitsReport.Step.policyReference.mean, \.policyReference.p99_9, \.referencePolicy.maximum,
      \.entropy.policy, \.entropy.reference,
      \.klDiv.sum, \.klDiv.mean, \.klDiv.batchmean, \.samples[0].policyReference,
    ] { #expect(abs(b[keyPath: value] - n[keyPath: value] * factor) < 1e-12) }
    #expect(try #require(b.target).nllPolicy == (try #require(n.target).nllPolicy) * factor)
    #expect(b.policyReference.standardError == n.policyReference.standardError.map { $0 * factor })
    #expect(b.totalVariation.mean == n.totalVariation.mean && b.sameTop1.fraction == n.sameTop1.fraction)
    #expect(b.target?.deltaPMean == n.target?.deltaPMean && b.target?.deltaPRms == n.target?.deltaPRms)
  }

  @Test func `Entries that both models exclude are no part, and torch would have NaN`() throws {
    let fixture = try LogitsFixture(samples: 4, positions: 1, vocabulary: 12)
    let cut = { (values: [Double]) in
      values.enumerated().map { $0.offset % 12 > 9 ? -Double.infinity : $0.element }
    }
    let path = try fixture.write(
      "padded.safetensors",
      [
        WrittenTensor("logits", .float16, [4, 12], cut(fixture.policy)),
        WrittenTensor("ref_logits", .float16, [4, 12], cut(fixture.reference)),
      ])
    let padded = try report(path)
    #expect(padded.steps[0].klDiv.torchWouldGiveNaN)
    #expect(padded.steps[0].policyReference.mean.isFinite && padded.findings.isEmpty)
  }

  @Test func `A mask of one model alone is infinite and a finding`() throws {
    let fixture = try LogitsFixture(samples: 2, positions: 1, vocabulary: 4)
    var reference = fixture.reference
    reference[1] = -.infinity
    let path = try fixture.write(
      "masks.safetensors",
      [
        WrittenTensor("logits", .float32, [2, 4], fixture.policy),
        WrittenTensor("ref_logits", .float32, [2, 4], reference),
      ])
    let report = try report(path)
    #expect(report.steps[0].policyReference.mean == .infinity)
    #expect(!report.steps[0].klDiv.torchWouldGiveNaN)
    #expect(report.findings.map(\.code) == [.differentMasks])
  }

  @Test func `One row has no standard error and no row has no mean`() throws {
    let fixture = try LogitsFixture(samples: 1, positions: 1, vocabulary: 5)
    let one = try report(try fixture.pair()).steps[0]
    #expect(one.policyReference.standardError == nil && one.sameTop1.standardError == nil)
    let none = try report(
      try fixture.pair("none.safetensors", with: [WrittenTensor("mask", .bool, [1, 1], [0])])
    ).steps[0]
    #expect(none.rows == 0 && none.policyReference.mean.isNaN && none.klDiv.sum == 0)
    #expect(none.klDiv.torchWouldGiveNaN)
  }
}
