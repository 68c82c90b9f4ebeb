import Foundation
import RunLog
import RunTestSupport
import TestSupport
import Testing

@testable import Reports
@testable import RunModel

struct SummaryDocumentTests {
  @Test func `Every key of the output is there, under its documented name`() throws {
    let run = try json(Self.story)
    #expect(
      Set(run.keys) == [
        "path", "name", "dialect", "lines", "sources", "step_source", "unplaced_keys", "rejected_count",
        "rejected_lines", "rejected_reasons", "steps", "restarts", "notices",
        "metrics",
        "roles", "modes", "divergence", "findings", "kl_keys", "progress", "evaluation_scores",
        "sets", "checkpoints", "advice", "budgets", "config", "config_sources", "state",
      ])
    let divergence = try #require((run["divergence"] as? [[String: Any]])?.first)
    #expect(
      Set(divergence.keys) == [
        "step", "phase", "set", "rows", "nan_rows", "logged", "policy_reference", "reference_policy",
        "entropy",
        "same_top_1", "estimators", "lower_bound",
      ])
    let direction = try #require(divergence["policy_reference"] as? [String: Any])
    #expect(
      Set(direction.keys) == [
        "rows", "nan_rows", "samples", "mean", "standard_error", "standard_error_by_sample", "min", "p1",
        "p5", "p10", "p50",
        "p90", "p95", "p99", "p99_9", "max",
      ])
    let metrics = try #require(run["metrics"] as? [String: [String: Any]])
    #expect(Set(metrics.keys) == ["loss", "eval/kl", "camelCase_Key/x"], "keys of the log stay as they are")
    #expect(
      Set(metrics["loss"]?.keys.map(\.self) ?? []) == [
        "count", "first", "last", "last_step", "min", "max", "nonfinite",
      ])
    let mode = try #require((run["modes"] as? [[String: Any]])?.first)
    #expect(Set(mode.keys) == ["step", "phase", "policy", "policy_grad", "reference", "reference_grad"])
    let finding = try #require((run["findings"] as? [[String: Any]])?.first)
    #expect(Set(finding.keys) == ["severity", "code", "series", "step", "count", "message", "recovered_at"])
    #expect(run["restarts"] as? [[String: Int]] == [["line": 6, "from_step": 3, "to_step": 2]])
    #expect(
      run["rejected_lines"] as? [NSDictionary] == [["line": 5, "reason": "torn line joined to the next"]])
  }

  @Test func `What is not known is null, what is not finite is a string`() throws {
    let run = try json(Self.story)
    let divergence = try #require((run["divergence"] as? [[String: Any]])?.first)
    #expect(divergence["set"] is NSNull)
    #expect(divergence["logged"] is NSNull)
    let direction = try #require(divergence["policy_reference"] as? [String: Any])
    #expect(direction["mean"] as? String == "Infinity")
    #expect(direction["standard_error"] is NSNull)
    let loss = try #require((run["metrics"] as? [String: [String: Any]])?["loss"])
    #expect(loss["last"] as? String == "NaN")
    #expect(loss["nonfinite"] as? Int == 1)
    #expect(loss["min"] as? Double == 0.1)
    let kl = try #require((run["metrics"] as? [String: [String: Any]])?["eval/kl"])
    #expect(kl["first"] as? String == "-Infinity")
    #expect(kl["min"] is NSNull)
    #expect(kl["max"] is NSNull)
    let modes = try #require(run["modes"] as? [[String: Any]])
    #expect(modes.last?["reference_grad"] is NSNull)
  }

  @Test func `A step without a counted row has no divergence`() throws {
    let masked = SyntheticSample("a", policy: [[1, 0]], reference: [[0, 1]], mask: [false])
    let run = try json { log in
      log.logits(step: 3, [masked])
      log.logits(step: 4, [SyntheticSample("a", policy: [1, 0], reference: [0, 1])])
      log.logits(step: 4, [masked])
    }
    #expect((run["divergence"] as? [[String: Any]])?.isEmpty == true)
  }

  @Test func `The last value and its step are those of the highest step`() throws {
    let run = try json { log in
      log.train(step: 10, ["eval/loss": 1])
      log.eval(step: 5, ["eval/loss": 2])
      log.train(step: 12, ["eval/loss": 3])
      log.eval(step: 7, ["eval/loss": 4])
      for step in [12, 11] { log.train(step: step, ["grad_norm": 5]) }
    }
    let loss = try #require((run["metrics"] as? [String: [String: Any]])?["eval/loss"])
    #expect(loss["last"] as? Double == 3)
    #expect(loss["last_step"] as? Int == 12)
  }

  @Test func `Metrics describe the branch the run is on`() throws {
    let run = try json { log in
      for step in 0...9 { log.train(step: step, ["loss": Double(100 - step)]) }
      for step in 4...6 { log.train(step: step, ["loss": Double(step)]) }
    }
    let loss = (run["metrics"] as? [String: [String: Any]])?["loss"] as NSDictionary?
    #expect(
      loss == ["count": 7, "first": 100, "last": 6, "last_step": 6, "min": 4, "max": 100, "nonfinite": 0])
    #expect(run["steps"] as? [String: Int] == ["first": 0, "last": 6, "count": 7])
  }

  @Test func `Numbers read back as the same float64`() throws {
    var random = SplitMix64(seed: 8)
    var values = (0..<200).map { _ in Double(bitPattern: random.next()) }.filter(\.isFinite)
    values += [0, -0.0, 0.1, 1e22, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 1, 123_456_789]
    for value in values {
      let run = RunModel { $0.train(step: 0, ["x": value]) }
      let text = try SummaryDocument(runs: [RunSummary(run)]).json()
      // Foundation's own reader is off by some units in the last place.
      let written = try #require(text.firstMatch(of: /"first":([^,]*),"last"/)?.output.1)
      #expect(Double(written) == value)
      #expect(written.count <= "\(value)".count, "the shortest form")
    }
  }

  @Test func `All seven roles are there, each with its keys in the order they came`() throws {
    let run = try json { log in
      log.train(step: 0, ["train/loss": 1, "loss": 1, "kl_reverse": 1])
    }
    #expect(
      run["roles"] as? [String: [String]] == [
        "fine_tune_loss": ["train/loss", "loss"], "total_loss": [], "evaluation_loss": [], "kl": [],
        "evaluation_kl": [], "learning_rate": [], "accuracy": [],
      ])
  }

  @Test func `An empty log has no lines and no values`() throws {
    let text = try SummaryDocument(runs: [RunSummary(RunModel(path: "empty.jsonl"))]).json()
    let runs = try #require(try parsed(text)["runs"] as? [[String: Any]])
    let run = try #require(runs.first)
    #expect(run["lines"] as? Int == 0)
    #expect(run["dialect"] is NSNull)
    #expect(run["name"] as? String == "empty")
    #expect((run["steps"] as? [String: Any])?["first"] is NSNull)
    #expect((run["steps"] as? [String: Any])?["count"] as? Int == 0)
    #expect((run["metrics"] as? [String: Any])?.isEmpty == true)
    #expect((run["roles"] as? [String: [String]])?.count == 7)
  }

  @Test func `At most twenty rejected lines are listed and all are counted`() throws {
    let run = try json { log in
      for _ in 0..<35 { log.notice(.rejected(reason: "no JSON")) }
    }
    #expect(run["rejected_count"] as? Int == 35)
    #expect((run["rejected_lines"] as? [Any])?.count == 20)
  }

  @Test func `Divergence is listed by step, then phase, then set`() throws {
    let sample = SyntheticSample("a", policy: [1, 0], reference: [1, 0])
    let run = try json { log in
      for step in [0, 5] {
        log.logits(step: step, set: "old", [sample])
        log.logits(step: step, set: "new", [sample])
        log.logits(step: step, phase: .train, [sample], modes: .training)
      }
    }
    let entries = (run["divergence"] as? [[String: Any]]) ?? []
    #expect(
      entries.map { "\($0["step"] ?? "") \($0["phase"] ?? "") \($0["set"] as? String ?? "null")" } == [
        "0 eval new", "0 eval old", "0 train null", "5 eval new", "5 eval old", "5 train null",
      ])
  }

  @Test func `The output is one line`() throws {
    let text = try SummaryDocument(runs: []).json()
    #expect(text == #"{"runs":[]}"#)
  }

  /// Something of everything.
  private static func story(_ log: inout SyntheticRun) {
    log.logits(
      step: 0, [SyntheticSample("a", policy: [1, 2, 0], reference: [1, 2, -.infinity])],
      numbers: ["camelCase_Key/x": 1])
    log.train(step: 1, ["loss": 0.1], modes: ModelModes(policy: .train, policyGradients: true))
    log.train(step: 2, ["loss": 0.2])
    log.train(step: 3, ["loss": 0.3])
    log.notice(.rejected(reason: "torn line joined to the next"))
    log.train(step: 2, ["loss": .nan])
    log.eval(step: 4, ["eval/kl": -.infinity])
  }

  private func json(_ story: (inout SyntheticRun) -> Void) throws -> [String: Any] {
    let text = try SummaryDocument(runs: [RunSummary(RunModel(story))]).json()
    return try #require((try parsed(text)["runs"] as? [[String: Any]])?.first)
  }

  private func parsed(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }
}
