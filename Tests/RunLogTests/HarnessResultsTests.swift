import RunLog
import TestSupport
import Testing

/// Results of the lm-evaluation-harness.
struct HarnessResultsTests {
  private static let checkpoint =
    "lm_eval/runs__out__checkpoint-200/results_2026-11-23T21-24-21.401793.json"

  private static func reading(_ text: String, at path: String) -> PointReading {
    let files = FakeFileSystem()
    files.create(path, text)
    var reading = PointReading(files, path: path)
    reading.readOn()
    return reading
  }

  private static func document(_ extra: String, score: String = "\"acc,none\": 0.5") -> String {
    "{\n  \"results\": {\n    \"t\": {\"alias\": \" - t\", \(score)}\n  },\n  \"configs\": {}\(extra)\n}"
  }

  @Test func `Results give what Python reads`() throws {
    let text = try Fixture.text(Self.checkpoint)
    let expected = try Fixture.points("lm_eval.tsv")
    #expect(expected.count == 10)
    let reading = Self.reading(text, at: "/r/results_x.json")
    #expect(reading.points == expected)
    #expect(reading.status.dialect == .evaluationHarness)
    #expect(reading.status.stepSource == .logged)
    #expect(reading.notices.isEmpty)
  }

  @Test(arguments: [
    ("/out/checkpoint-30/results_1.json", "", 30),
    ("/out/results/runs__out__checkpoint-40/results_1.json", "", 40),
    ("/checkpoint-1/eval/checkpoint-50/results_1.json", ", \"model_name\": \"x/checkpoint-7\"", 50),
    (
      "/out/results_1.json", ", \"config\": {\"model_args\": \"pretrained=./o/checkpoint-60,dtype=auto\"}", 60
    ),
    ("/out/results_1.json", ", \"config\": {\"model_args\": {\"pretrained\": \"o/checkpoint-70/\"}}", 70),
    ("/out/results_1.json", ", \"model_name\": \"o/checkpoint-80\"", 80),
    ("/out/checkpoint-x/results_1.json", ", \"model_name\": \"o/global_step_checkpoint_90\"", 90),
  ])
  func `The step is that of the checkpoint in the path, else of the model`(
    path: String, extra: String, step: Int
  ) {
    let reading = Self.reading(Self.document(extra), at: path)
    #expect(reading.points["t/acc,none"]?.map(\.step) == [step])
    #expect(reading.notices.isEmpty)
  }

  @Test func `Results of no checkpoint stand at the start, and that is told`() throws {
    let name = "lm_eval/sshleifer__tiny-gpt2/results_2026-11-23T21-24-21.549072.json"
    let reading = Self.reading(try Fixture.text(name), at: "/r/results_x.json")
    #expect(reading.points["capitals/acc,none"]?.map(\.step) == [0])
    #expect(reading.notices == [.checkpointUnknown(model: "sshleifer/tiny-gpt2")])
    #expect(reading.status.stepSource == .inferredFromOrder)
  }

  @Test func `Numbers of samples and missing errors are no scores, groups count once`() {
    let score =
      "\"acc,none\": NaN, \"acc_stderr,none\": \"N/A\", \"sample_len\": 5, \"sample_count\": {\"acc,none\": 5}"
    let groups = ", \"groups\": {\"t\": {\"acc,none\": 1}, \"g\": {\"f1,all\": 0.25}}"
    let reading = Self.reading(Self.document(groups, score: score), at: "/checkpoint-1/results_1.json")
    #expect(reading.points.mapValues(\.count) == ["t/acc,none": 1, "g/f1,all": 1])
  }

  @Test func `A document is waited for, and one that is rewritten counts when it differs`() {
    let whole = Array(Self.document("").utf8)
    let path = "/checkpoint-5/results_1.json"
    for split in 0...whole.count {
      let files = FakeFileSystem()
      files.create(path, Array(whole[..<split]))
      var reading = PointReading(files, path: path)
      reading.readOn()
      files.append(path, whole[split...])
      reading.readOn()
      #expect(reading.points["t/acc,none"]?.count == 1, "split at \(split)")
      #expect(reading.rejections.isEmpty, "split at \(split)")
    }
    let files = FakeFileSystem()
    files.create(path, whole)
    var reading = PointReading(files, path: path)
    reading.readOn()
    files.create(path, whole)
    reading.readOn()
    #expect(reading.points["t/acc,none"]?.count == 1)
    files.create(path, Self.document("", score: "\"acc,none\": 0.75"))
    reading.readOn()
    #expect(reading.points["t/acc,none"]?.count == 2)
    #expect(reading.startedOver == 1)
  }

  @Test func `A record of another log with results of its own is none of the harness`() {
    let reading = Self.reading("{\"results\":{\"a\":1},\"step\":3}\n", at: Reading.path)
    #expect(reading.status.dialect == .jsonl)
    #expect(reading.points["results/a"]?.map(\.step) == [3])
  }

  @Test func `Damaged results never do harm`() throws {
    let bytes = try Fixture.bytes(Self.checkpoint)
    var generator = SplitMix64(seed: 12)
    for round in 0..<150 {
      let reading = PointReading.of(mutated(bytes, with: &generator))
      #expect(reading.status.source == .upToDate, "round \(round)")
      #expect(reading.records < 400, "round \(round)")
    }
  }
}
