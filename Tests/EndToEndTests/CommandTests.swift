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

  @Test(arguments: [("old-3-a", 60, "not forgotten so far"), ("old-3-a", 200, "forgotten first at step 70")])
  func `Inspecting prints a sample as it was at a step`(name: String, step: Int, text: String) throws {
    let result = try Kltop.run(
      "inspect", "--once", "--size", "120x36", "--sample", name, "--step", "\(step)",
      Kltop.sample("digits-sft"))
    #expect(result.status == 0 && result.errors.isEmpty)
    #expect(result.output.contains(name) && result.output.contains(text))
    #expect(result.output.contains("step \(step)  evaluation"))
  }

  @Test(arguments: [["--sample", "nobody"], ["--step", "201"]])
  func `What is not there is exit status 65 and one line that says what is`(arguments: [String]) throws {
    let result = try Kltop.run(
      "inspect", "--once", arguments[0], arguments[1], Kltop.sample("digits-sft"))
    #expect(result.status == 65 && result.output.isEmpty)
    #expect(result.errors.split(separator: "\n").count == 1)
    #expect(
      result.errors.contains("no \(arguments[0].dropFirst(2))") && result.errors.contains("the run has"))
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

  @Test func `Correct runs have nothing but notes and the classic mistake is named`() throws {
    let right = try Kltop.run("summary", "--format", "json", Kltop.sample("digits-kl"))
    let noted = try #require(try Self.runs(right.output).first?["findings"] as? [[String: Any]])
    #expect(noted.allSatisfy { $0["severity"] as? String == "note" })
    let wrong = try Kltop.run("summary", "--format", "json", Kltop.sample("digits-ref-in-train-mode"))
    let findings = try #require(try Self.runs(wrong.output).first?["findings"] as? [[String: Any]])
    #expect(
      Set(findings.compactMap { $0["code"] as? String }).isSuperset(of: [
        "reference-in-train-mode", "kl-at-step-0",
      ]))
  }

  @Test func `A dialect that is not known is wrong usage, with the list of those that are`() throws {
    let result = try Kltop.run("summary", "--dialect", "csv", Kltop.sample("digits-kl"))
    #expect(result.status == 64)
    #expect(result.errors.contains("kltop-jsonl") && result.errors.contains("lightning-csv"))
  }

  @Test func `A directory of runs is summed up run by run, the newest first`() throws {
    let folder = try TemporaryFolder()
    for (age, name) in ["new", "old"].enumerated() {
      let run = folder.url.appendingPathComponent(name)
      try FileManager.default.createDirectory(at: run, withIntermediateDirectories: false)
      try folder.append("{\"step\":1,\"loss\":\(age)}\n", to: name + "/metrics.jsonl")
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: 1_760_000_000 - Double(age))],
        ofItemAtPath: run.path + "/metrics.jsonl")
    }
    let result = try Kltop.run("summary", "--format", "json", folder.url.path)
    #expect(try Self.runs(result.output).map { $0["name"] as? String } == ["new", "old"])
    let frame = try Kltop.run("--once", "--size", "120x36", folder.url.path)
    #expect(frame.status == 0)
    #expect(frame.output.contains("new"))
  }

  @Test func `What is wrong with one of several runs does not keep the others`() throws {
    let result = try Kltop.run("summary", "--format", "json", "/no/such/log", Kltop.sample("digits-kl"))
    #expect(result.status == 66)
    #expect(try Self.runs(result.output).count == 1)
    #expect(result.errors.contains("/no/such/log"))
  }

  static func runs(_ json: String) throws -> [[String: Any]] {
    let document = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
    return document?["runs"] as? [[String: Any]] ?? []
  }
}
