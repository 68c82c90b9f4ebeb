import RunTestSupport
import TestSupport
import Testing

@testable import RunModel

struct RowPictureTests {
  @Test func `A small vocabulary is kept whole, the largest contribution first`() {
    let picture = TopProbabilities(
      policy: [0.1, 0.2, 0.7], reference: [0.1, 0.7, 0.2], target: 2, token: "the", labels: ["a", "b", "c"])
    #expect(picture.entries.map(\.index) == [2, 1, 0])
    #expect(picture.rest == nil)
    #expect(picture.target == 2)
    #expect(abs((picture.entry(1)?.change ?? 0) + 0.5) < 1e-12)
  }

  @Test func `Of a large vocabulary what matters is kept and the rest is summed`() {
    let count = 1000
    var policy = [Double](repeating: 0.5 / Double(count - 2), count: count)
    var reference = policy
    policy[17] = 0.4
    policy[400] = 0.1
    reference[17] = 0.1
    reference[400] = 0.4
    let picture = TopProbabilities(policy: policy, reference: reference, target: 999, token: nil, labels: [])
    #expect(picture.vocabulary == count)
    #expect(picture.entries.prefix(2).map(\.index) == [17, 400])
    #expect(picture.entry(999) != nil, "the target is always kept")
    #expect(picture.entries.count < 64)
    let kept = picture.entries.reduce(0) { $0 + $1.policy }
    #expect(abs(kept + (picture.rest?.policy ?? 0) - 1) < 1e-12)
  }

  @Test func `A target outside the vocabulary is no target`() {
    let picture = TopProbabilities(policy: [1], reference: [1], target: 3, token: nil, labels: [])
    #expect(picture.target == nil)
  }

  @Test func `Contributions are the terms of the divergence`() {
    let entry = TopProbabilities.Entry(index: 0, reference: .leastNonzeroMagnitude, policy: 0.5)
    #expect(abs(entry.contribution - 371.87) < 0.01, "finite though the quotient overflows")
    #expect(TopProbabilities.Entry(index: 0, reference: 0, policy: 0.5).contribution == .infinity)
    #expect(TopProbabilities.Entry(index: 0, reference: 0.5, policy: 0).contribution == 0)
  }

  @Test(arguments: [3, 64, 65, 1000])
  func `Ranks count everything that is likelier, equals alike`(count: Int) {
    var random = SplitMix64(seed: 5)
    let policy = (0..<count).map { _ in Double(random.next() % 40) / 40 }
    let reference = (0..<count).map { _ in Double(random.next() % 40) / 40 }
    let picture = TopProbabilities(policy: policy, reference: reference, target: 1, token: nil, labels: [])
    for entry in picture.entries {
      #expect(entry.policyRank == 1 + policy.count { $0 > entry.policy })
      #expect(entry.referenceRank == 1 + reference.count { $0 > entry.reference })
    }
  }

  @Test func `Entries that are not numbers come first and in their own order`() {
    let picture = TopProbabilities(
      policy: [0, .nan, 0.5, .nan], reference: [0.1, 0.2, 0.3, 0.4], target: nil, token: nil, labels: [])
    #expect(picture.entries.map(\.index) == [1, 3, 2, 0])
  }
}
