import RealModule
import RunTestSupport
import TestSupport
import Testing

@testable import RunAnalysis
@testable import RunModel

struct RetentionRiskTests {
  /// Samples whose right answer is ahead of the only other one by some nats.
  private func samples(_ margins: [Double]) -> [SyntheticSample] {
    margins.enumerated().map { number, margin in
      SyntheticSample("s\(number)", policy: [[margin, 0]], reference: [[5, 0]], targets: [0])
    }
  }

  private func run(_ courses: [[Double]], set: String = "old") -> RunModel {
    RunModel { log in
      for (index, margins) in courses.enumerated() {
        log.logits(step: index * 10, set: set, samples(margins))
      }
    }
  }

  private static let safe = Array(repeating: 5.0, count: 20)
  /// Three of twenty are near flipping.
  private static let near = Array(repeating: 1.5, count: 3) + Array(repeating: 5.0, count: 17)

  @Test func `A share that has grown by ten points at two evaluations in a row is a note`() throws {
    let run = run([Self.safe, Self.near, Self.safe, Self.near, Self.near])
    let found = try #require(run.findings().first { $0.code == .retentionAtRisk })
    #expect(found.severity == .note && found.step == 30 && found.recoveredAt == nil)
    #expect(
      found.message.hasPrefix(
        "3 of 20 samples of old are lost (0) or near flipping (3, margin below 2 nats), 0 at the start, since step 30: forgetting may follow"
      ))
    #expect(!run.findings(at: 30).contains { $0.code == .retentionAtRisk })
  }

  @Test func `Once samples are lost it says so, and once the set is found to be forgotten nothing`() throws {
    let losing = (0..<8).map { index in
      Array(repeating: -1.0, count: min(20, max(0, index - 1) * 3))
        + Array(repeating: 5.0, count: 20 - min(20, max(0, index - 1) * 3))
    }
    let alone = try #require(run(losing).findings().first { $0.code == .retentionAtRisk })
    #expect(alone.message.contains("18 of 20 samples of old are lost (18)"))
    #expect(alone.message.contains("some are lost already"))
    let both = RunModel { log in
      for (index, margins) in losing.enumerated() {
        log.logits(
          step: index * 10, set: "old", samples(margins),
          numbers: ["eval/old/accuracy": Double(margins.count { $0 > 0 }) / 20])
      }
    }
    let forgotten = try #require(both.findings().first { $0.code == .forgetting })
    #expect(!both.codes.contains(.retentionAtRisk) && forgotten.recoveredAt == nil)
    #expect(both.findings(at: 30).map(\.code) == [.retentionAtRisk], "it came first")
  }

  @Test func `What was near flipping from the start, one sample alone and another task say nothing`() {
    #expect(!run([Self.near, Self.near, Self.near]).codes.contains(.retentionAtRisk))
    let few = Array(repeating: 5.0, count: 8)
    let one = [0.5] + Array(repeating: 5.0, count: 7)
    #expect(!run([few, one, one, one]).codes.contains(.retentionAtRisk))
    #expect(!run([Self.safe, Self.near, Self.near], set: "new").codes.contains(.retentionAtRisk))
    #expect(!run([Self.safe, Self.near, Self.near], set: "b").codes.contains(.retentionAtRisk))
  }

  @Test func `A set that is safe again has recovered`() throws {
    let run = run([Self.safe, Self.near, Self.near, Self.safe, Self.safe, Self.safe])
    #expect(try #require(run.findings().first { $0.code == .retentionAtRisk }).recoveredAt == 30)
  }

  @Test func `A margin is the log-probability of the target minus that of the likeliest other entry`() throws
  {
    let run = RunModel { log in
      log.logits(
        step: 0, set: "old",
        [
          SyntheticSample("a", policy: [[1, 3, 0.5, 2]], reference: [[1, 3, 0.5, 2]], targets: [1]),
          SyntheticSample("b", policy: [[1, 3, 0.5, 2]], reference: [[1, 3, 0.5, 2]], targets: [0]),
        ])
    }
    let margins = run.samples(at: 0).map(\.record.policyMargin)
    // log p₁ − log p₃ = 3 − 2; log p₀ − log p₁ = 1 − 3.
    #expect(margins == [1, -2])
    #expect(run.samples(at: 0).map(\.record.isNearFlipping) == [true, true])
  }
}
