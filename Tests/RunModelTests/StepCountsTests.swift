import RunTestSupport
import TestSupport
import Testing

@testable import RunModel

struct StepCountsTests {
  @Test(arguments: [1, 2, 3, 4])
  func `Any order of changes counts as a dictionary does`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var counts = StepCounts()
    var expected: [Int: Int] = [:]
    for _ in 0..<20_000 {
      let step = Int.random(in: -4000..<4000, using: &random)
      switch Int.random(in: 0..<1000, using: &random) {
      case 0:
        counts.removeAll(from: step + 3900)
        expected = expected.filter { $0.key < step + 3900 }
      case 1..<300:
        let count = Int.random(in: 0..<3, using: &random)
        counts.set(count, at: step)
        expected[step] = count > 0 ? count : nil
      default:
        counts.add(1, at: step)
        expected[step, default: 0] += 1
      }
    }
    #expect(counts.first == expected.keys.min())
    for step in Array(stride(from: -4100, through: 4100, by: 37)) + [.min, .max] {
      let before = expected.filter { $0.key <= step }
      #expect(counts.total(through: step) == before.values.reduce(0, +))
      #expect(counts.last(through: step) == before.keys.max())
    }
  }

  @Test func `Steps that come in order are counted`() {
    var counts = StepCounts()
    for step in 0..<10_000 { counts.add(2, at: step) }
    #expect(counts.total(through: .max) == 20_000)
    #expect(counts.total(through: 4999) == 10_000)
    counts.removeAll(from: 100)
    #expect(counts.total(through: .max) == 200)
    counts.removeAll(from: 0)
    #expect(counts.first == nil)
    #expect(counts.last(through: .max) == nil)
  }
}
