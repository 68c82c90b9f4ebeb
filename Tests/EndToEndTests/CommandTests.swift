import Foundation
import Testing

/// The commands without a terminal: frames as text, JSON, exit statuses, error lines.
struct CommandTests {
  @Test(arguments: ["seed-example", "digits-sft", "digits-kl", "digits-ref-in-train-mode", "tiny-lm"])
  func `One frame of a sample run fills its size and says which step it is`(name: String) throws {
    let result = try Kltop.run("--once", "--size", "120x36", Kltop.sample(name))
    #expect(result.status == 0)
    let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count >= 36)
    #expect(lines[0].contains("step"))
    for panel in ["loss", "divergence", "forgetting", "mode", "sample"] {
      #expect(result.output.contains("┌ \(panel) ") || result.output.contains("- \(panel) "))
    }
  }

  @Test func `Output that is no terminal gets one frame and a note on standard error`() throws {
    let result = try Kltop.run(Kltop.sample("digits-kl"))
    #expect(result.status == 0)
    #expect(result.output.contains("digits-kl"))
    #expect(result.errors == "kltop: standard output is not a terminal: printing one frame, as with --once\n")
  }

  @Test func `A frame is plain text unless colours are asked for`() throws {
    let plain = try Kltop.run("--once", Kltop.sample("digits-kl"))
    let colored = try Kltop.run("--once", "--color", "always", Kltop.sample("digits-kl"))
    #expect(!plain.output.contains("\u{1B}"))
    #expect(colored.output.contains("\u{1B}["))
  }

  @Test func `A log that is not there is exit status 66 and one line`() throws {
    let result = try Kltop.run("--once", "/no/such/log.jsonl")
    #expect(result.status == 66)
    #expect(result.errors.split(separator: "\n").count == 1)
    #expect(result.errors.contains("/no/such/log.jsonl"))
  }

  @Test func `Wrong usage is exit status 64`() throws {
    #expect(try Kltop.run("summary").status == 64)
    #expect(try Kltop.run("replay", "--speed", "-1", Kltop.sample("digits-kl")).status == 64)
    let budget = try Kltop.run("--once", "--budget", "kl=5%", Kltop.sample("digits-kl"))
    #expect(budget.status == 64 && budget.errors.contains("old/accuracy=-5%"))
  }

  @Test func `An empty file has no lines and no complaint`() throws {
    let folder = try TemporaryFolder()
    try folder.append("", to: "metrics.jsonl")
    let result = try Kltop.run("summary", "--format", "json", folder.url.path)
    #expect(result.status == 0)
    let run = try #require(Self.runs(result.output).first)
    #expect(run["lines"] as? Int == 0)
    #expect((run["rejected_lines"] as? [Any])?.isEmpty == true)
  }

  @Test func `Standard input is read to its end`() throws {
    let result = try Kltop.run(
      "summary", "--format", "json", "-", input: "{\"step\":3,\"loss\":0.5}\n{\"step\":4,\"loss\":NaN}")
    let run = try #require(Self.runs(result.output).first)
    #expect(run["lines"] as? Int == 2)
    let loss = try #require((run["metrics"] as? [String: Any])?["loss"] as? [String: Any])
    #expect(loss["count"] as? Int == 2)
    #expect(loss["last"] as? String == "NaN")
    #expect(loss["nonfinite"] as? Int == 1)
  }

  @Test(arguments: ["digits-sft", "digits-kl", "digits-ref-in-train-mode", "seed-example"])
  func `The divergence of every record with logits is the one that torch logged`(name: String) throws {
    let result = try Kltop.run("summary", "--format", "json", Kltop.sample(name))
    let run = try #require(Self.runs(result.output).first)
    let entries = try #require(run["divergence"] as? [[String: Any]])
    var compared = 0
    for entry in entries {
      guard let logged = entry["logged"] as? Double else { continue }
      let computed = try #require((entry["policy_reference"] as? [String: Any])?["mean"] as? Double)
      #expect(abs(computed - logged) <= 5e-6 * max(1, computed), "step \(entry["step"] ?? "?")")
      compared += 1
    }
    #expect(compared > 10)
  }

  @Test func `Correct runs have no finding and the classic mistake is named`() throws {
    let right = try Kltop.run("summary", "--format", "json", Kltop.sample("digits-kl"))
    #expect((try Self.runs(right.output).first?["findings"] as? [Any])?.isEmpty == true)
    let wrong = try Kltop.run("summary", "--format", "json", Kltop.sample("digits-ref-in-train-mode"))
    let findings = try #require(try Self.runs(wrong.output).first?["findings"] as? [[String: Any]])
    #expect(
      Set(findings.compactMap { $0["code"] as? String }).isSuperset(of: [
        "reference-in-train-mode", "kl-at-step-0",
      ]))
  }

  static func runs(_ json: String) throws -> [[String: Any]] {
    let document = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
    return document?["runs"] as? [[String: Any]] ?? []
  }
}
