import Divergence
import Foundation
import RunTestSupport
import TestSupport
import Testing

@testable import Reports
@testable import RunModel

/// The JSON of `kltop kl`, which is an interface, and the text for people.
struct LogitsReportJSONTests {
  private let fixture: LogitsFixture

  init() throws { fixture = try LogitsFixture(samples: 2, positions: 3, vocabulary: 7) }

  private func object(_ report: LogitsReport) throws -> [String: Any] {
    let data = Data(try report.json().utf8)
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  private func keys(_ value: Any?) -> Set<String> { Set((value as? [String: Any])?.keys.map { $0 } ?? []) }

  @Test func `Every key is there and no other`() throws {
    let path = try fixture.pair(with: [WrittenTensor("targets", .int64, [2], [1, 2])])
    let root = try object(try report(path))
    #expect(keys(root) == ["policy", "reference", "unit", "vocabulary", "steps", "findings", "ignored"])
    #expect(
      root["reference"] is NSNull && root["unit"] as? String == "nats" && root["vocabulary"] as? Int == 7)
    let step = try #require((root["steps"] as? [[String: Any]])?.first)
    #expect(
      keys(step) == [
        "step", "rows", "nan_rows", "policy_reference", "reference_policy", "same_top_1", "entropy",
        "total_variation",
        "target", "kl_div", "samples",
      ])
    let statistics: Set = [
      "rows", "nan_rows", "samples", "mean", "standard_error", "standard_error_by_sample", "min", "p1", "p5",
      "p10", "p50",
      "p90", "p95", "p99", "p99_9", "max",
    ]
    #expect(keys(step["policy_reference"]) == statistics && keys(step["reference_policy"]) == statistics)
    #expect(keys(step["same_top_1"]) == ["fraction", "standard_error"])
    #expect(keys(step["entropy"]) == ["policy", "reference"] && keys(step["total_variation"]) == ["mean"])
    #expect(keys(step["target"]) == ["rows", "delta_p_mean", "delta_p_rms", "nll_policy", "nll_reference"])
    #expect(keys(step["kl_div"]) == ["mean", "batchmean", "sum", "torch_would_give_nan"])
    let sample = try #require((step["samples"] as? [[String: Any]])?.first)
    #expect(keys(sample) == ["sample", "rows", "policy_reference", "reference_policy"])
    #expect(sample["policy_reference"] is Double && sample["sample"] is String)
  }

  @Test func `What there is not is null`() throws {
    let step = try #require((try object(try report(try fixture.pair()))["steps"] as? [[String: Any]])?.first)
    #expect(step["step"] is NSNull && step["target"] is NSNull)
  }

  @Test func `The text has a line for each step and a picture`() throws {
    var random = SplitMix64(seed: 4)
    for step in [10, 20, 30] {
      let fixture = try LogitsFixture(samples: 8, positions: 1, vocabulary: 7, seed: random.next())
      try self.fixture.folder.write(
        LogitsFileBytes.safetensors([
          WrittenTensor("logits", .float32, [8, 7], fixture.policy),
          WrittenTensor("ref_logits", .float32, [8, 7], fixture.reference),
        ]), to: "run/step-\(step).safetensors")
    }
    let text = LogitsReportText.text(of: try report(fixture.folder.path("run")), top: 2)
    let lines = text.split(separator: "\n")
    for step in [10, 20, 30] { #expect(lines.count { $0.hasPrefix("\(step) ") } == 2) }
    #expect(lines.count { $0.contains("█") } == 4)
    #expect(lines.contains { $0.hasPrefix("samples that diverge most at step 30") })
    #expect(text.contains("V = 7, nats per row"))
  }

  @Test func `Rows that are not finite do not spoil the picture`() throws {
    let values = [1.0, 2, 3, -.infinity, 2, 1, 0, 0, .nan, 1, 2, 3]
    let path = try fixture.write(
      "odd.safetensors",
      [
        WrittenTensor("logits", .float32, [3, 4], Array(fixture.policy[0..<12])),
        WrittenTensor("ref_logits", .float32, [3, 4], values),
      ])
    let report = try report(path)
    #expect(report.steps[0].nanRows == 1 && report.steps[0].policyReference.mean.isNaN)
    #expect(report.steps[0].policyReference.maximum == .infinity)
    #expect(LogitsReportText.text(of: report, top: 3).contains("3 (1 NaN)"))
  }
}
