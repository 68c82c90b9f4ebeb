import RunTestSupport
import TestSupport
import Testing

@testable import RunAnalysis

/// Against exact rational arithmetic (Fisher, McNemar), `math.erfc` and SciPy's `t.sf`.
struct SignificanceTests {
  private func expect(_ value: Double, near right: Double) {
    #expect(abs(value - right) <= 1e-9 * right, "\(value), not \(right)")
  }

  @Test(arguments: [
    (221, 203, 221, 2.6600254877282567e-06), (221, 215, 221, 0.015097166507434279),
    (10, 5, 10, 0.016253869969040248), (900, 850, 1000, 0.00044754376934534465), (8, 7, 8, 0.5),
    (40, 20, 50, 4.154329353119576e-05),
  ])
  func `Fisher's exact test, one-sided`(before: Int, after: Int, count: Int, right: Double) {
    expect(Significance.fisher(before: before, after: after, of: count), near: right)
  }

  @Test(arguments: [
    (10, 0, 0.0009765625), (9, 1, 0.0107421875), (18, 0, 3.814697265625e-06),
    (50, 20, 0.00022014250325698418),
    (3, 2, 0.5),
  ])
  func `Exact McNemar test, one-sided`(lost: Int, won: Int, right: Double) {
    expect(Significance.mcnemar(lost: lost, won: won), near: right)
  }

  @Test(arguments: [
    (1.0, 3.0, 0.19550110947788532), (2.5, 3.5, 0.03784732190474504), (5, 9, 0.00036948395490162136),
    (12, 4, 0.00013821427425148649), (0.3, 20, 0.3836365016218801), (40, 10.5, 4.0353680152410833e-13),
  ])
  func `Tail of Student's t, with fractions of degrees of freedom`(t: Double, degrees: Double, right: Double)
  {
    expect(Significance.student(t, degrees: degrees), near: right)
    expect(Significance.student(-t, degrees: degrees), near: 1 - right)
  }

  @Test func `Tail of the normal distribution`() {
    expect(Significance.normal(0), near: 0.5)
    expect(Significance.normal(6), near: 9.865876450377012e-10)
  }

  @Test func `What did not get worse is not significant`() {
    #expect(Significance.mcnemar(lost: 0, won: 0) == 1 && Significance.mcnemar(lost: 3, won: 9) == 1)
    #expect(Significance.fisher(before: 5, after: 5, of: 10) == 1)
    #expect(Significance.fisher(before: 0, after: 0, of: 10) == 1)
  }

  @Test func `Large counts neither overflow nor take long`() {
    #expect(Significance.fisher(before: 100_000, after: 10_000, of: 100_000) == 0)
    #expect(Significance.mcnemar(lost: 1_000_000, won: 0) == 0)
  }

  @Test func `The number of answers, from shares with all their digits, as float32 or rounded`() {
    let right = [221, 215, 203, 121, 120, 7]
    let shares = right.map { Double($0) / 221 }
    #expect(AnswerCount.inferred(from: shares) == 221)
    #expect(AnswerCount.inferred(from: right.map { Double(Float($0) / 221) }) == 221)
    #expect(AnswerCount.inferred(from: shares.map { ($0 * 1e6).rounded() / 1e6 }) == 221)
    #expect(AnswerCount.inferred(from: shares.map { ($0 * 1e4).rounded() / 1e4 }) == 221)
    #expect(AnswerCount.inferred(from: shares.map { $0 * 100 }, scale: 100) == 221)
    #expect(AnswerCount.inferred(from: shares.map { Double(Float($0 * 100)) }, scale: 100) == 221)
    #expect(AnswerCount.inferred(from: shares.map { ($0 * 1e4).rounded() / 100 }, scale: 100) == 221)
  }

  @Test func `Shares of a round number have few digits, and a common factor`() {
    let right = [480, 471, 466, 452, 449, 441, 430, 425, 421, 418, 403]
    #expect(AnswerCount.inferred(from: right.map { Double($0) / 500 }) == 500)
    #expect(AnswerCount.inferred(from: right.prefix(4).map { Double($0) / 500 }) == nil, "by chance")
    #expect(AnswerCount.inferred(from: [0.935, 0.915, 0.9, 0.885, 0.795, 0.74]) == 200)
    #expect(AnswerCount.inferred(from: [91.5, 90, 87.5, 85, 70.5, 68, 61, 60.5], scale: 100) == 200)
  }

  @Test func `Few digits tell a lower bound of the number of answers, which is never above it`() throws {
    var random = SplitMix64(seed: 3)
    for count in [30, 100, 150, 400, 1000] {
      let values = (0..<12).map { _ in
        (Double(Int.random(in: count / 2...count, using: &random)) / Double(count) * 1000).rounded() / 1000
      }
      let bound = try #require(AnswerCount.bound(of: values))
      #expect(bound <= count && bound >= min(count, 300) / 3, "\(count): \(bound)")
    }
    #expect(AnswerCount.bound(of: [0.9, 0.8, 0.7]) == nil, "three values")
    #expect(
      AnswerCount.bound(of: [0.9123, 0.8456, 0.7789, 0.6012]) == nil, "any large number fits four digits")
  }

  @Test func `A mean over batches looks like a share of more answers than there are`() {
    // 221 answers in batches of 32: seven, of which the last has 29.
    let whole = [30, 29, 28, 27, 26, 25].map { Double($0) / 32 }.reduce(0, +)
    let mean = (whole + 28.0 / 29) / 7
    #expect(AnswerCount.inferred(from: [mean, mean - 1 / 224.0, mean - 1 / 203.0]) == 6496)
    #expect(AnswerCount.fewest(inBatchesOf: 6496) == 221)
    #expect(AnswerCount.fewest(inBatchesOf: 1021) == 1021)
  }

  @Test func `Two digits, few values or no shares tell no number of answers`() {
    #expect(AnswerCount.inferred(from: [0.97, 0.92, 0.55, 0.41, 0.13]) == nil)
    #expect(AnswerCount.inferred(from: [1, 215.0 / 221, 203.0 / 221]) == 221, "all digits of float64")
    #expect(AnswerCount.inferred(from: [1, 0.9729, 0.9186]) == nil, "three values of four digits")
    #expect(AnswerCount.inferred(from: [91.3, 90.7, 88.2, 85.4, 80.1], scale: 100) == nil, "three decimals")
    #expect(AnswerCount.inferred(from: [1, 0.5, 1.5, 0.25, 0.1]) == nil)
    #expect(AnswerCount.inferred(from: [0.1234567, 0.7654321, 0.3141593, 0.2718281, 0.5772157]) == nil)
  }
}
