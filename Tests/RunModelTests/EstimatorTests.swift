import Divergence
import Foundation
import RunAnalysis
import RunTestSupport
import TestSupport
import Testing

@testable import Reports
@testable import RunModel

struct EstimatorTests {
  private func run(_ lines: [String]) throws -> RunModel {
    let file = FileManager.default.temporaryDirectory.appending(path: "estimates-\(UUID().uuidString).jsonl")
    try lines.joined(separator: "\n").appending("\n").write(to: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: file) }
    return RunModel(log: file)
  }

  private func entries(_ lines: [String]) throws -> [[String: Any]] {
    let json = try SummaryDocument(runs: [RunSummary(try run(lines))]).json()
    let object = try #require(JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    let runs = try #require(object["runs"] as? [[String: Any]])
    return try #require(runs.first?["divergence"] as? [[String: Any]])
  }

  @Test func `Estimators of sampled tokens stand beside each other, each with its error`() throws {
    let policy = [-1.0, -2.5, -0.25, -3]
    let reference = [-1.5, -2, -0.25, -1]
    let entry = try #require(
      entries([
        #"{"step":3,"mode":"eval","set":"old","sample":"a","logprobs":[-1,-2.5],"ref_logprobs":[-1.5,-2],"sampled_from":"policy"}"#,
        #"{"step":3,"mode":"eval","set":"old","sample":"b","logprobs":[-0.25,-3,-9],"ref_logprobs":[-0.25,-1,-1],"mask":[1,1,0],"sampled_from":"policy"}"#,
      ]).first)
    let expected = try SampledEstimators(policy: policy.span, reference: reference.span)
    let estimators = try #require(entry["estimators"] as? [String: Any])
    #expect(Set(estimators.keys) == ["k1", "k2", "k3", "tokens", "samples", "sampled_from"])
    #expect(estimators["tokens"] as? Int == 4)
    #expect(estimators["samples"] as? Int == 2)
    // Sums of the two samples: −r is 0.5, −0.5, 0 and −2 in the k1 of the four tokens.
    let sums = [expected.k1[0] + expected.k1[1], expected.k1[2] + expected.k1[3]]
    let squares = sums.reduce(0) { $0 + ($1 - 2 * expected.k1Mean) * ($1 - 2 * expected.k1Mean) }
    let bySample = (estimators["k1"] as? [String: Double])?["standard_error_by_sample"]
    #expect(abs((bySample ?? .nan) - (squares * 2).squareRoot() / 4) < 1e-12)
    #expect(estimators["sampled_from"] as? String == "policy")
    for (name, values) in [("k1", expected.k1), ("k2", expected.k2), ("k3", expected.k3)] {
      let estimate = try #require(estimators[name] as? [String: Double])
      let statistics = RowStatistics(values.span)
      #expect(abs((estimate["mean"] ?? .nan) - statistics.mean) < 1e-12)
      #expect(abs((estimate["standard_error"] ?? .nan) - (statistics.standardError ?? 0)) < 1e-12)
    }
    #expect(entry["step"] as? Int == 3)
    #expect(entry["set"] as? String == "old")
    #expect(entry["rows"] as? Int == 0)
    #expect(entry["lower_bound"] is NSNull)
    let figures = try #require(entry["policy_reference"] as? [String: Any])
    #expect(figures.count == 16)
    #expect(figures["rows"] as? Int == 0 && figures.values.count { $0 is NSNull } == 14)
    #expect(entry["same_top_1"] is NSNull)
  }

  @Test func `A single token has no error`() throws {
    let entry = try #require(
      entries([#"{"step":0,"mode":"eval","logprobs":[-1],"ref_logprobs":[-2]}"#]).first)
    let k1 = try #require((entry["estimators"] as? [String: Any])?["k1"] as? [String: Any])
    #expect(k1["mean"] as? Double == 1)
    #expect(k1["standard_error"] is NSNull)
  }

  @Test func `Logits and estimates of one step share an entry`() throws {
    let all = try entries([
      #"{"step":1,"mode":"eval","sample":"a","logits":[[1,2]],"ref_logits":[[1,1]],"logprobs":[-0.3],"ref_logprobs":[-0.7],"kl":0.1}"#
    ])
    #expect(all.count == 1)
    let entry = try #require(all.first)
    #expect(entry["rows"] as? Int == 1)
    #expect(entry["estimators"] is [String: Any])
    #expect((entry["policy_reference"] as? [String: Any])?["mean"] is Double)
    #expect(entry["logged"] as? Double == 0.1)
  }

  @Test func `The KL of a record without logits is told beside its estimates`() throws {
    let entry = try #require(
      entries([#"{"step":1,"mode":"eval","kl":0.25,"logprobs":[-0.3,-1],"ref_logprobs":[-0.7,-1]}"#]).first)
    #expect(entry["logged"] as? Double == 0.25)
  }

  @Test func `A sample given again at one step is replaced`() throws {
    let entry = try #require(
      entries([
        #"{"step":1,"mode":"eval","sample":"a","logprobs":[-1],"ref_logprobs":[-9]}"#,
        #"{"step":1,"mode":"eval","sample":"b","logprobs":[-1],"ref_logprobs":[-2]}"#,
        #"{"step":1,"mode":"eval","sample":"a","logprobs":[-1],"ref_logprobs":[-4]}"#,
      ]).first)
    let estimators = try #require(entry["estimators"] as? [String: Any])
    #expect(estimators["tokens"] as? Int == 2)
    #expect((estimators["k1"] as? [String: Any])?["mean"] as? Double == 2)
  }

  @Test func `Tokens of the reference make k1 estimate something else`() throws {
    let finding = try #require(
      run([#"{"step":1,"mode":"eval","logprobs":[-1],"ref_logprobs":[-2],"sampled_from":"base"}"#]).findings()
        .first)
    #expect(finding.code == .tokensNotFromPolicy)
    #expect(finding.message.contains("−D(reference‖policy)"))
    let other = try run([
      #"{"step":1,"mode":"eval","logprobs":[-1],"ref_logprobs":[-2],"sampled_from":"dataset"}"#
    ])
    #expect(other.findings().first?.message.contains("mean log-ratio") == true)
    for line in [
      #"{"step":1,"mode":"eval","logprobs":[-1],"ref_logprobs":[-2],"sampled_from":"policy"}"#,
      #"{"step":1,"mode":"eval","logprobs":[-1],"ref_logprobs":[-2]}"#,
    ] {
      #expect(try run([line]).codes.isEmpty)
    }
  }

  @Test func `On tokens of the reference the mean of k1 is minus the other divergence`() throws {
    var generator = SplitMix64(seed: 12)
    let policy = (0..<6).map { _ in Double.random(in: -2...2, using: &generator) }
    let reference = (0..<6).map { _ in Double.random(in: -2...2, using: &generator) }
    let (logPolicy, logReference) = (logSoftmax(policy.span), logSoftmax(reference.span))
    var tokens = TokenEvidence(sample: nil, sampledFrom: "reference")
    // Tokens as often as the reference samples them, to a hundred thousandth.
    for index in policy.indices {
      let count = Int((100_000 * Foundation.exp(logReference[index])).rounded())
      tokens.add(
        policy: Array(repeating: logPolicy[index], count: count),
        reference: Array(repeating: logReference[index], count: count))
    }
    let divergence = RowDivergence.measure(policy: policy.span, reference: reference.span)
    #expect(abs(tokens.k1.mean + divergence.referencePolicy) < 1e-3)
  }

  @Test func `Top-k lists give a lower bound and how many rows it is over`() throws {
    let entry = try #require(
      entries([
        #"{"step":2,"mode":"eval","sample":"a","top":{"ids":[[4,7],[1,9]],"logprobs":[[-0.1,-3],[-0.5,-2]],"ref_logprobs":[[-0.9,-3],[-0.5,-2]]}}"#
      ]).first)
    let bound = try #require(entry["lower_bound"] as? [String: Any])
    #expect(Set(bound.keys) == ["mean", "rows"])
    #expect(bound["rows"] as? Int == 2)
    let rows = [([-0.1, -3.0], [-0.9, -3.0]), ([-0.5, -2.0], [-0.5, -2.0])]
    let expected = try rows.map {
      try TruncatedDivergence(policy: $0.span, reference: $1.span).policyReferenceBound
    }
    #expect(abs((bound["mean"] as? Double ?? .nan) - expected.reduce(0, +) / 2) < 1e-12)
    #expect(entry["estimators"] is NSNull)
    #expect((entry["policy_reference"] as? [String: Any])?["mean"] is NSNull)
  }

  @Test func `Unions without cross values and other lists that bound nothing are refused with the reason`()
    throws
  {
    let lists: [(String, String)] = [
      (#"{"ids":[1,2],"logprobs":[-0.1,null],"ref_logprobs":[-0.2,-3]}"#, "both models"),
      (
        #"{"ids":[1,2],"ref_ids":[1,3],"logprobs":[-0.1,-3],"ref_logprobs":[-0.2,-3]}"#,
        "other ids for the reference"
      ),
      (#"{"ids":[1,1],"logprobs":[-0.9,-0.9],"ref_logprobs":[-0.9,-0.9]}"#, "an id twice"),
      (#"{"ids":[1,2],"logprobs":[-0.1,-0.1],"ref_logprobs":[-0.9,-0.9]}"#, "more than 1"),
      (#"{"ids":[1,2],"logprobs":[-0.1,-3],"ref_logprobs":[-0.2]}"#, "top has"),
    ]
    for (list, reason) in lists {
      let model = try run([#"{"step":2,"mode":"eval","sample":"a","kl":0.1,"top":\#(list)}"#])
      #expect(model.estimates.isEmpty)
      let finding = try #require(model.findings().first)
      #expect(finding.code == .unusableDistribution)
      #expect(finding.message.contains(reason))
    }
  }

  @Test func `A restart takes estimates back`() throws {
    let line = { (step: Int) in #"{"step":\#(step),"mode":"eval","logprobs":[-1],"ref_logprobs":[-2]}"# }
    let model = try run([0, 1, 2, 3, 1].map(line))
    #expect(model.restarts.count == 1)
    #expect(model.estimates.values.first?.points.map(\.step) == [0, 1])
  }

  @Test func `A KL beside sampled tokens alone is known within their error`() throws {
    var generator = SplitMix64(seed: 5)
    func lines(_ factor: Double) -> [String] {
      (0...8).map { step in
        let ratios = (0..<40).map { _ in Double.random(in: -0.3...0.4, using: &generator) }
        let k3 =
          ratios.reduce(0) { $0 + Foundation.exp($1) - 1 - $1 } / 40 * factor * (step % 2 == 0 ? 1.05 : 0.95)
        let policy = [Double](repeating: -3, count: 40)
        return
          #"{"step":\#(step),"mode":"eval","kl":\#(k3),"logprobs":\#(policy),"ref_logprobs":\#(ratios.map { $0 - 3 })}"#
      }
    }
    #expect(RunAudit(try run(lines(1))).audits.map(\.explainedBy) == [.policyReferenceBatchmean])
    #expect(RunAudit(try run(lines(40))).audits.map(\.explainedBy) == [.none])
  }

  @Test func `Moments of groups are the moments of all`() {
    var generator = SplitMix64(seed: 9)
    let values = (0..<50).map { _ in Double.random(in: -5...5, using: &generator) }
    var parts = RunningMoments()
    for range in [0..<1, 1..<20, 20..<50] {
      var part = RunningMoments()
      for index in range { part.add(values[index]) }
      parts.merge(part)
    }
    let statistics = RowStatistics(values.span)
    #expect(parts.count == 50)
    #expect(abs(parts.mean - statistics.mean) < 1e-12)
    #expect(abs((parts.standardError ?? 0) - (statistics.standardError ?? 1)) < 1e-12)
    #expect(RunningMoments().mean.isNaN)
  }
}
