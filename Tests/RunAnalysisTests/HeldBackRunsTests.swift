import RealModule
import RunTestSupport
import TestSupport
import Testing

@testable import RunAnalysis
@testable import RunModel

/// Runs of many kinds that no rule was made on: every one that forgot is named within two evaluations of the first clear
/// drop, and none that did not.
struct HeldBackRunsTests {
  /// How a metric is written into the log.
  enum Digits: Sendable {
    case all, float32, two, three, four, percent, percentOfOneDigit

    func logged(_ right: Int, of count: Int) -> Double {
      let share = Double(right) / Double(count)
      return switch self {
      case .all: share
      case .float32: Double(Float(right) / Float(count))
      case .two: (share * 1e2).rounded() / 1e2
      case .three: (share * 1e3).rounded() / 1e3
      case .four: (share * 1e4).rounded() / 1e4
      case .percentOfOneDigit: (share * 1e3).rounded() / 10
      case .percent: share * 100
      }
    }
  }

  /// A kind of run: the chance of a right answer at each evaluation, and how many answers it is over.
  struct Kind: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var answers: Int
    var digits = Digits.all
    var key = "eval/old/accuracy"
    var chance: @Sendable (Int) -> Double
  }

  private static let evaluations = 30

  private static let forgetful: [Kind] = [
    Kind(testDescription: "sudden", answers: 221) { $0 < 9 ? 0.98 : 0.8 },
    Kind(testDescription: "sudden at the second evaluation", answers: 221) { $0 < 2 ? 1 : 0.75 },
    Kind(testDescription: "gradual", answers: 503, digits: .four) { 0.9 - 0.01 * Double($0) },
    Kind(testDescription: "gradual, a round number", answers: 500) { 0.9 - 0.01 * Double($0) },
    Kind(testDescription: "gradual, two hundred", answers: 200) { 0.9 - 0.015 * Double($0) },
    Kind(testDescription: "gradual, a power of two", answers: 256) { 0.95 - 0.012 * Double($0) },
    Kind(testDescription: "sudden, a round number", answers: 480) { $0 < 3 ? 0.9 : 0.75 },
    Kind(testDescription: "a whole benchmark", answers: 14042, digits: .four, key: "eval/mmlu/acc") {
      0.62 - 0.004 * Double($0)
    },
    Kind(testDescription: "falls, and half comes back", answers: 401) { $0 < 6 ? 0.9 : $0 < 14 ? 0.5 : 0.7 },
    Kind(testDescription: "rises before it falls", answers: 307) {
      $0 < 8 ? 0.8 + 0.01 * Double($0) : 0.88 - 0.03 * Double($0 - 8)
    },
    Kind(testDescription: "percent of one digit", answers: 200, digits: .percentOfOneDigit) {
      $0 < 12 ? 0.9 : 0.6
    },
    Kind(testDescription: "small and noisy", answers: 53) { $0 < 12 ? 0.9 : 0.35 },
    Kind(testDescription: "percent", answers: 307, digits: .percent) { $0 < 5 ? 0.85 : 0.6 },
    Kind(testDescription: "float32", answers: 1021, digits: .float32) { 0.7 - 0.005 * Double($0) },
    Kind(testDescription: "unknown set", answers: 401, key: "eval/accuracy") { $0 < 20 ? 0.8 : 0.6 },
    Kind(testDescription: "benchmark", answers: 817, digits: .four, key: "eval/mmlu") {
      $0 < 15 ? 0.6 : 0.45
    },
    Kind(testDescription: "falls and comes back", answers: 613) { (8..<16).contains($0) ? 0.6 : 0.9 },
    Kind(testDescription: "collapse", answers: 107) { $0 < 20 ? 0.9 : 0.02 },
  ]

  private static let faithful: [Kind] = [
    Kind(testDescription: "replay", answers: 221) { 0.98 - min(0.02, 0.001 * Double($0)) },
    Kind(testDescription: "strong KL", answers: 500, digits: .four) { 0.9 - min(0.01, 0.001 * Double($0)) },
    Kind(testDescription: "drifts up", answers: 221) { 0.7 + 0.005 * Double($0) },
    Kind(testDescription: "noise of few answers", answers: 50) { _ in 0.8 },
    Kind(testDescription: "noise, percent", answers: 100, digits: .percent) { _ in 0.7 },
    Kind(testDescription: "noise, float32", answers: 64, digits: .float32) { _ in 0.9 },
    Kind(testDescription: "noise, a round number", answers: 1000) { _ in 0.8 },
    Kind(testDescription: "noise, three digits", answers: 150, digits: .three) { _ in 0.8 },
    Kind(testDescription: "noise, two digits", answers: 150, digits: .two) { _ in 0.8 },
    Kind(testDescription: "noise, percent of one digit", answers: 150, digits: .percentOfOneDigit) { _ in 0.7
    },
    Kind(testDescription: "rises and falls back", answers: 307) {
      0.7 + ($0 < 15 ? 0.01 * Double($0) : 0.01 * Double(30 - $0))
    },
    Kind(testDescription: "twice a low evaluation", answers: 400) { $0 == 11 || $0 == 14 ? 0.5 : 0.9 },
    Kind(testDescription: "three points for good", answers: 2000) { $0 < 9 ? 0.9 : 0.87 },
    Kind(testDescription: "one low evaluation", answers: 400) { $0 == 11 ? 0.5 : 0.9 },
    Kind(testDescription: "the new task", answers: 400, key: "eval/new/accuracy") { 0.9 - 0.02 * Double($0) },
    Kind(testDescription: "training batches", answers: 400, key: "mean_token_accuracy") { _ in 0.5 },
  ]

  private static func counts(_ kind: Kind, seed: Int) -> [Int] {
    var random = SplitMix64(
      seed: UInt64(seed) &* 7919 &+ kind.testDescription.utf8.reduce(UInt64(0)) { $0 &* 31 &+ UInt64($1) })
    return (0..<evaluations).map { index in
      (0..<kind.answers).count { _ in Double.random(in: 0..<1, using: &random) < kind.chance(index) }
    }
  }

  private static func run(_ kind: Kind, _ counts: [Int]) -> RunModel {
    RunModel { log in
      for (index, right) in counts.enumerated() {
        log.eval(step: index * 10, [kind.key: kind.digits.logged(right, of: kind.answers)])
      }
    }
  }

  /// Index of the second of the first two evaluations in a row that are clearly lower, known who counts the answers.
  private static func firstClear(_ counts: [Int], of answers: Int) -> Int? {
    counts.indices.dropFirst(2).first { index in
      [index - 1, index].allSatisfy {
        Double(counts[0] - counts[$0]) >= 0.05 * Double(answers)
          && Significance.fisher(before: counts[0], after: counts[$0], of: answers) < 0.001
      }
    }
  }

  @Test(arguments: forgetful, 0..<10)
  func `A run that forgot is named within two evaluations of the first clear drop`(kind: Kind, seed: Int)
    throws
  {
    let counts = Self.counts(kind, seed: seed)
    let clear = try #require(Self.firstClear(counts, of: kind.answers))
    let run = Self.run(kind, counts)
    // As it was said while the run went on.
    let said = counts.indices.first { index in
      run.asOf(step: index * 10).findings().contains { $0.code == .forgetting }
    }
    #expect((said ?? .max) <= clear + 2)
    let found = try #require(run.findings().first { $0.code == .forgetting })
    #expect(found.step >= (clear - 1) * 10 - 100)
    #expect((found.recoveredAt != nil) == (kind.chance(29) == kind.chance(0)))
  }

  @Test(arguments: faithful, 0..<10)
  func `A run that did not forget is not named`(kind: Kind, seed: Int) {
    let run = Self.run(kind, Self.counts(kind, seed: seed))
    #expect(!run.findings().contains { $0.code == .forgetting })
  }

  @Test(arguments: 0..<10)
  func `Of several sets only the one that fell is named`(seed: Int) {
    let kinds = [
      Kind(testDescription: "a", answers: 200, key: "eval/general/accuracy") { _ in 0.8 },
      Kind(testDescription: "b", answers: 300, key: "eval/base/acc") { $0 < 10 ? 0.9 : 0.7 },
      Kind(testDescription: "c", answers: 100, key: "acc_new") { 0.1 + 0.02 * Double($0) },
    ]
    let counts = kinds.map { Self.counts($0, seed: seed) }
    let run = RunModel { log in
      for index in 0..<Self.evaluations {
        for (kind, counts) in zip(kinds, counts) {
          log.eval(step: index * 10, [kind.key: kind.digits.logged(counts[index], of: kind.answers)])
        }
      }
    }
    #expect(run.findings().filter { $0.code == .forgetting }.map(\.series) == ["eval/base/acc"])
  }

  @Test(arguments: 0..<10)
  func `A sudden drop of a metric with two digits is named, for it is no scatter`(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed))
    let values = (0..<Self.evaluations).map { index in
      (((index < 12 ? 0.8 : 0.62) + 0.012 * random.normal()) * 100).rounded() / 100
    }
    let run = RunModel { log in
      for (index, value) in values.enumerated() { log.eval(step: index * 10, ["eval/old/accuracy": value]) }
    }
    let said = values.indices.first { run.asOf(step: $0 * 10).codes.contains(.forgetting) }
    #expect(try #require(said) <= 15)
    let still = RunModel { log in
      for index in 0..<80 {
        let value = ((0.8 + 0.03 * random.normal()) * 100).rounded() / 100
        log.eval(step: index * 10, ["eval/old/accuracy": value])
      }
    }
    #expect(!still.codes.contains(.forgetting))
  }

  /// A mean over batches, the last one smaller, as many loops log it: no share of all answers.
  private static func meanOverBatches(
    _ chance: Double, of answers: Int, by batch: Int, using random: inout SplitMix64
  ) -> Double {
    let sizes = stride(from: 0, to: answers, by: batch).map { min(batch, answers - $0) }
    return sizes.reduce(0) { sum, size in
      let right = (0..<size).count { _ in Double.random(in: 0..<1, using: &random) < chance }
      return sum + Double(right) / Double(size)
    } / Double(sizes.count)
  }

  @Test(arguments: [(221, 32), (301, 32), (500, 64)], 0..<10)
  func `A mean over batches is not taken for a share of more answers`(size: (Int, Int), seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed * 31 + size.0))
    func run(_ chance: (Int) -> Double) -> RunModel {
      RunModel { log in
        for index in 0..<Self.evaluations {
          let mean = Self.meanOverBatches(chance(index), of: size.0, by: size.1, using: &random)
          log.eval(step: index * 10, ["eval/old/accuracy": mean])
        }
      }
    }
    let still = run { _ in 0.8 }
    #expect(!still.codes.contains(.forgetting))
    let lost = run { $0 < 10 ? 0.9 : 0.55 }
    let found = try #require(lost.findings().first { $0.code == .forgetting })
    #expect(found.severity == .error && (100...120).contains(found.step))
  }

  /// Runs that are logged in ways of their own.
  @Test(arguments: 0..<10)
  func `Evaluations that are not there, come late or are NaN delay nothing and hide nothing`(seed: Int) throws
  {
    let kind = Kind(testDescription: "odd", answers: 307) { $0 < 12 ? 0.9 : 0.6 }
    let counts = Self.counts(kind, seed: seed)
    let safe = Self.counts(Kind(testDescription: "safe", answers: 150) { _ in 0.85 }, seed: seed)
    let run = RunModel { log in
      for index in 0..<Self.evaluations {
        let share = Double(counts[index]) / 307
        // NaN at every fifth, the other set half as often, and a third one that begins late.
        log.eval(step: index * 10, ["eval/old/accuracy": index % 5 == 4 ? .nan : share])
        if index % 2 == 0 { log.eval(step: index * 10, ["eval/general/accuracy": Double(safe[index]) / 150]) }
        if index >= 8 { log.eval(step: index * 10, ["eval/base/accuracy": share]) }
      }
    }
    let found = run.findings().filter { $0.code == .forgetting }
    #expect(
      found.map(\.series).sorted { $0 ?? "" < $1 ?? "" } == ["eval/base/accuracy", "eval/old/accuracy"])
    #expect(found.allSatisfy { $0.step == 120 && $0.recoveredAt == nil })
    let said = (0..<Self.evaluations).first { run.asOf(step: $0 * 10).codes.contains(.forgetting) }
    #expect(try #require(said) <= 15)
  }

  @Test(arguments: 0..<10)
  func `A run that resumes and goes on forgetting is named, once`(seed: Int) throws {
    let kind = Kind(testDescription: "resumed", answers: 221) { 0.97 - 0.015 * Double($0) }
    let (first, second) = (Self.counts(kind, seed: seed), Self.counts(kind, seed: seed + 100))
    let run = RunModel { log in
      for index in 0..<16 { log.eval(step: index * 10, ["eval/old/accuracy": Double(first[index]) / 221]) }
      for index in 10..<Self.evaluations {
        log.eval(step: index * 10, ["eval/old/accuracy": Double(second[index]) / 221])
      }
    }
    #expect(run.findings().filter { $0.code == .forgetting }.count == 1)
  }

  @Test func `A perplexity that rises is told as the loss that it is, and not beside one`() throws {
    func run(_ keys: [String]) -> RunModel {
      RunModel { log in
        for index in 0..<30 {
          let loss = 2 + 0.03 * Double(max(0, index - 9)) + (index % 2 == 0 ? 0.002 : -0.002)
          for key in keys {
            log.eval(step: index * 10, [key: key.hasSuffix("loss") ? loss : Double.exp(loss)])
          }
        }
      }
    }
    let found = try #require(run(["eval/old/ppl"]).findings().first)
    #expect(found.code == .retentionLossRises && found.message.contains("(+0.5"))
    #expect(run(["eval/old/ppl", "eval/old/loss"]).findings().map(\.series) == ["eval/old/loss"])
  }

  @Test(arguments: 0..<10)
  func `A restart from before the drop takes it back`(seed: Int) {
    let lost = Self.counts(Self.forgetful[0], seed: seed)
    let kept = Self.counts(Kind(testDescription: "kept", answers: 221) { _ in 0.98 }, seed: seed)
    let run = RunModel { log in
      for index in 0..<14 { log.eval(step: index * 10, ["eval/old/accuracy": Double(lost[index]) / 221]) }
      for index in 5..<20 { log.eval(step: index * 10, ["eval/old/accuracy": Double(kept[index]) / 221]) }
    }
    #expect(run.asOf(step: .max).codes.isEmpty)
  }

  @Test func `A loss that rises is a note and no forgetting, and a KL alone is nothing`() {
    let run = RunModel { log in
      for index in 0..<30 {
        let late = Double(max(0, index - 9))
        let wiggle = index % 2 == 0 ? 0.002 : -0.002
        log.eval(step: index * 10, ["eval/old/loss": 1 + 0.03 * late + wiggle, "eval/old/kl": 0.2 * late])
      }
    }
    #expect(run.codes == [.retentionLossRises])
  }

  /// Sequences of twenty tokens of which a policy has some right; the reference has eighteen.
  private func sequences(_ right: [Int]) -> [SyntheticSample] {
    right.enumerated().map { number, right in
      SyntheticSample(
        "s\(number)", policy: (0..<20).map { $0 < right ? [2, 0] : [0, 2] },
        reference: (0..<20).map { $0 < 18 ? [2, 0] : [0, 2] }, targets: Array(repeating: 0, count: 20))
    }
  }

  @Test(arguments: 0..<10)
  func `Of sequences every sample is compared with itself`(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed))
    func run(_ samples: Int, _ lost: (Int) -> Int) -> RunModel {
      RunModel { log in
        for index in 0..<12 {
          let right = (0..<samples).map { _ in
            max(0, min(20, 18 - lost(index) + Int.random(in: -1...1, using: &random)))
          }
          let share = Double(right.reduce(0, +)) / Double(20 * samples)
          log.logits(
            step: index * 10, set: "old", sequences(right), numbers: ["eval/old/token_accuracy": share])
        }
      }
    }
    let lost = try #require(run(16) { $0 < 5 ? 0 : 4 }.findings().first { $0.code == .forgetting })
    #expect(lost.step == 50 && lost.message.contains("n 16 samples, paired t p"))
    #expect(!run(16) { _ in 0 }.codes.contains(.forgetting))
  }
}
