import Foundation
import Testing

/// `kltop check`: exit statuses, text, JSON.
struct CheckCommandTests {
  @Test func `A run that forgot fails, and is told what to keep`() throws {
    let result = try Kltop.run("check", Kltop.sample("digits-sft"))
    #expect(result.status == 1 && result.errors.isEmpty)
    let lines = result.output.split(separator: "\n").map(String.init)
    #expect(lines.first?.hasPrefix("✗  forgetting") == true)
    #expect(lines.first?.contains("since step 60") == true)
    #expect(lines.contains { $0.hasPrefix("keep  step 60") && $0.hasSuffix("best balance") })
    #expect(lines.contains { $0.contains("step 50") && $0.hasSuffix("within budget") })
    #expect(lines.last?.hasSuffix("nothing was saved there") == true)
  }

  @Test(arguments: ["digits-kl", "seed-example"])
  func `A run that forgot nothing holds`(name: String) throws {
    let result = try Kltop.run("check", Kltop.sample(name))
    #expect(result.status == 0 && result.output.contains("✓"))
    #expect(!result.output.contains("✗") && !result.output.contains("!  "))
  }

  @Test func `JSON has each run with its own status`() throws {
    let result = try Kltop.run(
      "check", "--format", "json", Kltop.sample("digits-kl"), Kltop.sample("digits-sft"))
    #expect(result.status == 1)
    let document = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
    let runs = try #require(document?["runs"] as? [[String: Any]])
    #expect(runs.map { $0["status"] as? Int } == [0, 1])
    for run in runs { #expect(Set(run.keys) == ["path", "status", "findings", "checkpoints", "advice"]) }
    let advice = try #require(runs[1]["advice"] as? [String: Any])
    #expect((advice["keep"] as? [String: Any])?["step"] as? Int == 60)
    #expect((advice["within_budget"] as? [String: Any])?["step"] as? Int == 50)
  }

  @Test func `What makes it fail can be said`() throws {
    let path = Kltop.sample("digits-sft")
    #expect(try Kltop.run("check", "--fail-on", "nonfinite-loss,objective-differs", path).status == 0)
    #expect(try Kltop.run("check", "--fail-on", "error", path).status == 1)
    #expect(try Kltop.run("check", "--fail-on", "forgetting", path).status == 1)
    let wrong = try Kltop.run("check", "--fail-on", "forgeting", path)
    #expect(wrong.status == 64 && wrong.errors.contains("forgeting"))
  }

  @Test func `What a set is can be said`() throws {
    let path = Kltop.sample("digits-sft")
    #expect(try Kltop.run("check", "--new", "old", path).status == 0)
  }

  @Test func `A budget about nothing in the log is wrong usage, of the settings a note`() throws {
    let path = Kltop.sample("digits-kl")
    for command in ["check", "summary"] {
      let wrong = try Kltop.run(command, "--budget", "old/acuracy=0.9", path)
      #expect(wrong.status == 64 && wrong.errors.contains("the nearest are eval/old/accuracy"))
    }
    #expect(try Kltop.run("watch", "--once", "--budget", "foo=1", path).status == 64)
    #expect(try Kltop.run("replay", "--once", "--budget", "foo=1", path).status == 64)
    let folder = try TemporaryFolder()
    try folder.append("budget = [\"foo=1\"]\n", to: "config.toml")
    let settings = try Kltop.run("check", "--config", folder.path("config.toml"), path)
    #expect(settings.status == 0 && settings.output.contains("budget-unknown"))
  }

  @Test func `A command gets each finding once as JSON, and its failure does not matter`() throws {
    let folder = try TemporaryFolder()
    let result = try Kltop.run(
      "check", "--on-finding", "cat >> '\(folder.path("found"))'; exit 3", Kltop.sample("digits-sft"))
    #expect(result.status == 1)
    let lines = try folder.text(of: "found").split(separator: "\n")
    let found = try lines.compactMap {
      try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
    }
    #expect(found.count == lines.count)
    // Commands run side by side: which writes first is open.
    let steps = found.map { "\($0["code"] ?? "") \($0["step"] ?? "")" }.sorted()
    #expect(steps == ["forgetting 60", "retention-at-risk 80"])
    #expect(found.allSatisfy { $0["run"] as? String == Kltop.sample("digits-sft") })
  }

  @Test func `Following ends when a finding holds, or when the run ends`() throws {
    #expect(try Kltop.run("check", "--follow", Kltop.sample("digits-sft")).status == 1)
    let folder = try TemporaryFolder()
    try folder.append(
      "{\"step\":1,\"loss\":2}\n{\"step\":2,\"loss\":1}\n{\"event\":\"end\",\"status\":\"finished\"}\n",
      to: "metrics.jsonl")
    #expect(try Kltop.run("check", "--follow", folder.url.path).status == 0)
  }

  @Test func `Silence is a finding where its length is said`() throws {
    let folder = try TemporaryFolder()
    try folder.append(
      "{\"step\":1,\"loss\":2,\"time\":1760000000}\n{\"step\":2,\"loss\":1,\"time\":1760000010}\n",
      to: "m.jsonl")
    #expect(try Kltop.run("check", folder.path("m.jsonl")).status == 0)
    let stalled = try Kltop.run("check", "--stall", "10m", folder.path("m.jsonl"))
    #expect(stalled.status == 1 && stalled.output.contains("stalled"))
    #expect(try Kltop.run("check", "--stall", "soon", folder.path("m.jsonl")).status == 64)
  }

  @Test func `Nothing to judge is status 2, no log 66`() throws {
    let folder = try TemporaryFolder()
    try folder.append("{\"step\":1,\"lr\":0.1}\n", to: "metrics.jsonl")
    let result = try Kltop.run("check", folder.url.path)
    #expect(result.status == 2 && result.output.contains("nothing to judge"))
    #expect(try Kltop.run("check", "/no/such/log.jsonl").status == 66)
  }

  @Test func `Checkpoints beside the log are the candidates`() throws {
    let folder = try TemporaryFolder()
    let log = try String(contentsOfFile: Kltop.sample("digits-sft") + "/metrics.jsonl", encoding: .utf8)
    try folder.append(log, to: "metrics.jsonl")
    for step in [50, 100, 200] {
      try FileManager.default.createDirectory(
        at: folder.url.appending(path: "checkpoint-\(step)"), withIntermediateDirectories: true)
    }
    let result = try Kltop.run("check", folder.url.path)
    #expect(result.output.contains("keep checkpoint-50: old 0.973 (−2.7 points), new 0.715"))
    #expect(!result.output.contains("nothing was saved there"))
  }
}
