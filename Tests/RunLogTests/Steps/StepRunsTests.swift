import TestSupport
import Testing

@testable import RunLog

struct StepRunsTests {
  @Test func `It holds what a sorted list of the same steps holds`() {
    var generator = SplitMix64(seed: 20_261_127)
    for round in 0..<200 {
      var runs = StepRuns()
      var steps: [Int] = []
      let gap = Int.random(in: 1...10, using: &generator)
      for _ in 0..<Int.random(in: 1...120, using: &generator) {
        let last = steps.last ?? 0
        switch Int.random(in: 0...9, using: &generator) {
        case 0:
          let step = last - Int.random(in: 0...(20 * gap), using: &generator)
          runs.insert(step)
          steps = Array(Set(steps + [step])).sorted()
        case 1:
          let step = last - Int.random(in: 0...(10 * gap), using: &generator)
          runs.truncate(from: step)
          steps.removeAll { $0 >= step }
        default:
          let step = last + gap * Int.random(in: 1...2, using: &generator)
          runs.append(step)
          steps.append(step)
        }
      }
      #expect(
        runs.count == steps.count && runs.first == steps.first && runs.last == steps.last, "round \(round)")
      for step in (steps.first ?? 0) - 2...(steps.last ?? 0) + 2 {
        #expect(runs.contains(step) == steps.contains(step), "round \(round), step \(step)")
        guard !steps.contains(step) else { continue }
        let (below, above) = runs.neighbours(of: step)
        #expect(below == steps.last { $0 < step } && above == steps.first { $0 > step }, "round \(round)")
      }
    }
  }

  @Test func `The usual gap is the commonest of the last ones`() {
    var runs = StepRuns()
    #expect(runs.usualGap == 1)
    for step in stride(from: 0, through: 1000, by: 1) { runs.append(step) }
    for step in stride(from: 1010, through: 1100, by: 10) { runs.append(step) }
    #expect(runs.usualGap == 10)
    runs.append(1101)
    #expect(runs.usualGap == 10)
  }

  @Test func `Steps at both ends of the integers are no trouble`() {
    var runs = StepRuns()
    for step in [Int.min, -1, 0, 1, Int.max - 1, Int.max] { runs.append(step) }
    #expect(runs.contains(.min) && runs.contains(.max) && !runs.contains(5) && runs.count == 6)
    #expect(runs.neighbours(of: 5).below == 1 && runs.neighbours(of: 5).above == Int.max - 1)
    runs.truncate(from: 0)
    #expect(runs.last == -1 && runs.count == 2)
  }

  @Test func `Steps without a rhythm take bounded memory, and the last ones stay known`() {
    var runs = StepRuns()
    var step = 0
    for index in 0..<100_000 {
      step += 1 + (index * index) % 7
      runs.append(step)
    }
    #expect(runs.count < 20_000)
    #expect(runs.last == step && runs.contains(step))
  }
}
