import RunTestSupport
import TestSupport
import Testing

@testable import RunAnalysis
@testable import RunModel

struct ForgettingVerdictTests {
  private func run(_ values: [Double]) -> RunModel { run("eval/old/accuracy", values) }

  /// An evaluation each ten steps.
  private func run(_ key: String, _ values: [Double]) -> RunModel {
    RunModel { log in
      for (index, value) in values.enumerated() { log.eval(step: index * 10, [key: value]) }
    }
  }

  private func finding(_ run: RunModel, _ code: FindingCode = .forgetting) -> Finding? {
    run.findings().first { $0.code == code }
  }

  private func shares(_ right: [Int], of count: Int) -> [Double] { right.map { Double($0) / Double(count) } }

  @Test func `A drop that is clear at two evaluations in a row is a warning, since the first of them`() throws
  {
    let run = run(shares([221, 218, 215, 203, 204, 202], of: 221))
    let found = try #require(finding(run))
    #expect(found.severity == .warning && found.step == 30 && found.recoveredAt == nil)
    #expect(found.message.contains("1.000 → 0.914 since step 30 (−8.6 points, n 221, Fisher p 1e-06)"))
    #expect(run.findings(at: 30).isEmpty, "one evaluation alone says nothing")
    #expect(run.findings(at: 40).map(\.code) == [.forgetting])
  }

  @Test func `Twenty points are an error`() throws {
    let found = try #require(finding(run(shares([221, 218, 203, 190, 150, 121], of: 221))))
    #expect(found.severity == .error && found.step == 20)
  }

  @Test func `A set of few answers has to lose more before it is sure`() {
    #expect(finding(run([1, 0.875, 0.75, 0.875, 0.75, 0.625])) == nil, "8 answers")
    #expect(finding(run(shares([53, 52, 50, 49, 49, 48], of: 53))) == nil)
    #expect(finding(run(shares([53, 52, 44, 41, 38, 33], of: 53)))?.step == 30)
  }

  @Test func `One low evaluation alone is none`() {
    #expect(finding(run(shares([221, 218, 120, 219, 215, 214], of: 221))) == nil)
  }

  @Test func `A set that came back says since when`() throws {
    let found = try #require(finding(run(shares([221, 215, 180, 178, 160, 214, 216, 217], of: 221))))
    #expect(found.step == 20 && found.recoveredAt == 50)
    #expect(found.message.hasSuffix("recovered at step 50"))
  }

  @Test func `A set that came back and fell again counts from its second fall`() throws {
    let found = try #require(finding(run(shares([221, 180, 178, 216, 217, 219, 170, 165, 160], of: 221))))
    #expect(found.step == 60 && found.recoveredAt == nil)
  }

  @Test func `A restart takes back what it replaces`() {
    let run = RunModel { log in
      for (index, value) in shares([221, 218, 203, 190, 150], of: 221).enumerated() {
        log.eval(step: index * 10, ["eval/old/accuracy": value])
      }
      for (index, value) in shares([219, 220, 218], of: 221).enumerated() {
        log.eval(step: 20 + index * 10, ["eval/old/accuracy": value])
      }
    }
    #expect(finding(run) == nil)
  }

  @Test func `The new task is not forgotten, and an unnamed set is named as such`() throws {
    let values = shares([221, 218, 203, 190, 150], of: 221)
    #expect(finding(run("eval/new/accuracy", values)) == nil)
    let found = try #require(finding(run("eval/accuracy", values)))
    #expect(found.message.contains("nobody says whether this set is retention or new"))
    #expect(finding(run("mean_token_accuracy", values)) == nil)
  }

  @Test func `Percent count as shares`() throws {
    let found = try #require(finding(run(shares([221, 218, 203, 190, 150], of: 221).map { $0 * 100 })))
    #expect(found.message.contains("1.000 → 0.679"))
  }

  @Test func `Without digits that tell the number of answers the scatter of the values does`() throws {
    let falling = (0..<20).map { step in
      let smooth = 0.95 - 0.012 * Double(step) + (step % 2 == 0 ? 0.004 : -0.004)
      return (smooth * 100).rounded() / 100
    }
    let found = try #require(finding(run(falling)))
    #expect(found.message.contains("n unknown, by the scatter of the values p"))
  }

  @Test func `Without any test twenty points at five evaluations in a row are enough`() throws {
    #expect(finding(run([0.9, 0.6, 0.55, 0.6, 0.55])) == nil, "four")
    let found = try #require(finding(run([0.9, 0.6, 0.55, 0.6, 0.55, 0.6])))
    #expect(found.severity == .error && found.step == 10 && found.message.contains("n unknown)"))
  }

  @Test func `A logged standard error tells it too`() throws {
    let run = RunModel { log in
      for (index, value) in [0.71, 0.7, 0.61, 0.6, 0.58].enumerated() {
        log.eval(step: index * 100, ["eval/old/acc": value, "eval/old/acc_stderr": 0.012])
      }
    }
    #expect(try #require(finding(run)).step == 200)
  }

  @Test func `The answers themselves are compared one by one where the log has all of them`() throws {
    // 24 answers, of which 11 are lost one after the other: Fisher would see 24 → 13 with p 1.3e-4.
    let lost = [0, 2, 10, 11]
    let run = RunModel { log in
      for (index, count) in lost.enumerated() {
        let samples = (0..<24).map { number in
          SyntheticSample(
            "s\(number)", policy: [number < count ? [0, 1] : [1, 0]], reference: [[1, 0]], targets: [0])
        }
        log.logits(
          step: index * 10, set: "old", samples, numbers: ["eval/old/accuracy": Double(24 - count) / 24])
      }
    }
    let found = try #require(finding(run))
    #expect(found.step == 20)
    #expect(found.message.contains("n 24, McNemar p 0.0005"))
  }

  @Test func `Few probes beside an accuracy over more answers are not its answers`() throws {
    let values = shares([221, 218, 203, 190, 150], of: 221)
    let run = RunModel { log in
      for (index, value) in values.enumerated() {
        log.logits(
          step: index * 10, set: "old",
          (0..<8).map { SyntheticSample("s\($0)", policy: [[1, 0]], reference: [[1, 0]], targets: [0]) },
          numbers: ["eval/old/accuracy": value])
      }
    }
    #expect(try #require(finding(run)).message.contains("n 221, Fisher"))
  }

  @Test func `A retention loss that rises beyond its scatter is a note`() throws {
    let noise = [0.001, -0.002, 0.002, -0.001]
    let losses = (0..<16).map { index -> Double in
      let rise: Double = max(0, Double(index) - 7) * 0.05
      return 1 + rise + noise[index % 4]
    }
    let found = try #require(finding(run("eval/old/loss", losses), .retentionLossRises))
    #expect(found.severity == .note && found.step == 100)
    #expect(finding(run("eval/new/loss", losses), .retentionLossRises) == nil)
    #expect(finding(run("eval/loss", losses), .retentionLossRises) == nil)
    let noisy = (0..<16).map { 1 + Double($0 % 2) * 0.3 }
    #expect(finding(run("eval/old/loss", noisy), .retentionLossRises) == nil)
  }

  @Test func `Runs that stay where they are forget nothing`() {
    var random = SplitMix64(seed: 7)
    var wrong = 0
    for answers in [50, 200, 1000] {
      for _ in 0..<60 {
        let values = (0..<40).map { _ in
          Double((0..<answers).count { _ in Double.random(in: 0..<1, using: &random) < 0.8 })
            / Double(answers)
        }
        if finding(run(values)) != nil { wrong += 1 }
      }
    }
    #expect(wrong <= 1, "of 180")
  }
}
