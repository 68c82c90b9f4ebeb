import Foundation
import TestSupport
import Testing

/// `kltop kl`: output, exit statuses, error lines.
struct KlCommandTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func pair(_ name: String) throws -> String {
    let tensors = [
      WrittenTensor("logits", .float32, [2, 3], [1, 2, 3, 0, 0, 1]),
      WrittenTensor("ref_logits", .float32, [2, 3], [3, 2, 1, 0, 1, 0]),
    ]
    return try folder.write(LogitsFileBytes.safetensors(tensors), to: name)
  }

  private func object(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test(arguments: ["digits-sft", "digits-kl", "digits-ref-in-train-mode", "seed-example"])
  func `The files of a run give the divergence that torch logged`(name: String) throws {
    let log = try String(contentsOfFile: Kltop.sample(name) + "/metrics.jsonl", encoding: .utf8)
    var logged: [Int: Double] = [:]
    for line in log.split(separator: "\n") where line.contains("logits_file") {
      let record = try object(String(line))
      let step = try #require(record["step"] as? Int)
      logged[step] = try #require(record["kl"] as? Double)
    }
    let result = try Kltop.run("kl", "--format", "json", Kltop.sample(name))
    #expect(result.status == 0 && result.errors.isEmpty)
    let steps = try #require(try object(result.output)["steps"] as? [[String: Any]])
    #expect(steps.count == logged.count && steps.count > 1)
    for step in steps {
      let mean = try #require((step["policy_reference"] as? [String: Any])?["mean"] as? Double)
      let number = try #require(step["step"] as? Int)
      let expected = try #require(logged[number])
      #expect(abs(mean - expected) <= 5e-6 * max(1, expected))
    }
  }

  @Test(arguments: ["digits-kl", "tiny-lm", "seed-example"])
  func `A summary has the files that the log names`(name: String) throws {
    let result = try Kltop.run("summary", "--format", "json", Kltop.sample(name))
    let run = try #require((try object(result.output)["runs"] as? [[String: Any]])?.first)
    let entries = try #require(run["divergence"] as? [[String: Any]])
    let files = entries.filter { ($0["set"] as? String)?.hasSuffix("-file") == true }
    #expect(!files.isEmpty || name == "tiny-lm")
    for entry in files {
      guard let logged = entry["logged"] as? Double else { continue }
      let mean = try #require((entry["policy_reference"] as? [String: Any])?["mean"] as? Double)
      #expect(abs(mean - logged) <= 5e-6 * max(1, logged))
    }
  }

  @Test func `Options change unit, samples and threads`() throws {
    let path = try pair("step-4.safetensors")
    let nats = try object(try Kltop.run("kl", "--format", "json", "--top", "1", path).output)
    let bits = try object(
      try Kltop.run("kl", "--format", "json", "--unit", "bits", "--threads", "2", path).output)
    let steps = [nats, bits].compactMap { ($0["steps"] as? [[String: Any]])?.first }
    let means = steps.compactMap { ($0["policy_reference"] as? [String: Any])?["mean"] as? Double }
    #expect(means.count == 2 && abs(means[1] * log(2) - means[0]) < 1e-12)
    #expect(steps.map { ($0["samples"] as? [Any])?.count } == [1, 2])
    #expect(bits["unit"] as? String == "bits" && steps.first?["step"] as? Int == 4)
  }

  @Test func `People get tables`() throws {
    let result = try Kltop.run("kl", try pair("step-4.safetensors"))
    #expect(result.status == 0)
    #expect(result.output.contains("D(policy‖reference)") && result.output.contains("V = 3, nats per row"))
  }

  @Test func `Names of wide characters leave the columns of the table straight`() throws {
    let names = ["日本語", "ab", "👍🏽é"]
    let tensors = names.flatMap { name in
      [
        WrittenTensor("\(name).policy_logits", .float32, [1, 3], [1, 2, 3]),
        WrittenTensor("\(name).ref_logits", .float32, [1, 3], [3, 2, 1]),
      ]
    }
    let path = try folder.write(LogitsFileBytes.safetensors(tensors), to: "prompts.safetensors")
    let result = try Kltop.run("kl", path)
    // The heading above the names is 25 columns wide; of the emoji the skin tone is left out.
    for (shown, columns) in [("日本語", 6), ("ab", 2), ("👍é", 3)] {
      #expect(
        result.output.contains("\n\(shown)" + String(repeating: " ", count: 25 - columns) + "     1  "),
        "\(result.output)")
    }
  }

  @Test func `What is not there is exit status 66, what cannot be used 65, wrong usage 64`() throws {
    let missing = try Kltop.run("kl", folder.path("none.safetensors"))
    let broken = try folder.write([0, 1, 2], to: "broken.safetensors")
    let unusable = try Kltop.run("kl", broken)
    let noReference = try Kltop.run("kl", try pair("a.safetensors"), folder.path("none.npy"))
    #expect(missing.status == 66 && noReference.status == 66 && unusable.status == 65)
    for result in [missing, noReference, unusable] {
      #expect(result.errors.split(separator: "\n").count == 1 && result.output.isEmpty)
    }
    #expect(try Kltop.run("kl").status == 64)
    #expect(try Kltop.run("kl", "--threads", "0", broken).status == 64)
    #expect(try Kltop.run("kl", "--unit", "dits", broken).status == 64)
  }

  @Test func `A file of a directory that cannot be used is told and does not stop the rest`() throws {
    _ = try pair("run/step-1.safetensors")
    try folder.write([0x80, 2, 3], to: "run/step-2.pt")
    let result = try Kltop.run("kl", "--format", "json", folder.path("run"))
    #expect(result.status == 0)
    #expect(result.errors.hasPrefix("kltop: \(folder.path("run/step-2.pt")): ignored: "))
    #expect((try object(result.output)["ignored"] as? [Any])?.count == 1)
  }
}
