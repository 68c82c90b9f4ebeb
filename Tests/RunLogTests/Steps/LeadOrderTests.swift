import TestSupport
import Testing

@testable import RunLog

struct LeadOrderTests {
  /// What a list of steps of one key is decided to be.
  private func decide(_ steps: [Int], isLast: Bool = true) -> [LeadOrder.Decision] {
    var order = LeadOrder()
    var decisions: [LeadOrder.Decision] = []
    for (record, step) in steps.enumerated() {
      order.add(LeadOrder.Row(step: step, record: record, line: record + 1, keys: 7), to: &decisions)
    }
    if isLast { order.end(&decisions) }
    return decisions
  }

  /// `first record: from → to` of each restart.
  private func restarts(_ steps: [Int], isLast: Bool = true) -> [String] {
    decide(steps, isLast: isLast).compactMap {
      guard case .restart(let to, let from, let first) = $0 else { return nil }
      return "\(first.record): \(from) → \(to)"
    }
  }

  @Test(arguments: [
    [0, 1, 2, 3, 4, 5], [0, 2, 1, 3, 5, 4, 6, 8, 7, 9], [1, 1, 1, 2, 2, 2], [0, 10, 20, 30, 100, 45, 50],
    [5], [], [10, 20, 30, 50, 40, 60], [Int.min, 0, Int.max],
  ])
  func `Steps in order, and skipped ones that come late, are no restart`(steps: [Int]) {
    #expect(decide(steps).isEmpty)
  }

  @Test(arguments: [
    ([0, 1, 2, 3, 4, 5, 3, 4, 5, 6], "6: 5 → 3"), ([0, 10, 20, 30, 40, 10, 20], "5: 40 → 10"),
    ([0, 1, 2, 3, 4, 5, 0], "6: 5 → 0"), ([10, 20, 30, 40, 25, 35, 45], "4: 40 → 25"),
    ([0, 1, 2, 3, 3, 4, 2, 3, 4, 5], "6: 4 → 2"), ([7, 8, 9, 1, 2, 3], "3: 9 → 1"),
    (Array(0...99) + Array(50...70), "100: 99 → 50"),
  ])
  func `Steps that were given and are given again are a restart`(steps: [Int], restart: String) {
    #expect(restarts(steps) == [restart])
  }

  @Test func `A restart is decided at the third record at the latest while its log is in order`() {
    for count in 1...3 {
      let decided = restarts(Array(0...9) + Array(4..<4 + count), isLast: false)
      #expect(decided == (count < 3 ? [] : ["10: 9 → 4"]))
    }
  }

  @Test func `Restarts that follow each other at once are told apart`() {
    #expect(restarts([0, 1, 2, 3, 4, 5, 6, 3, 4, 3, 4, 5, 6]) == ["7: 6 → 3", "9: 4 → 3"])
    #expect(restarts(Array(0...20) + [10, 11, 12, 5, 6, 7, 8]) == ["21: 20 → 10", "24: 12 → 5"])
  }

  @Test func `A second writer that is behind is told once and cuts nothing`() {
    var steps: [Int] = []
    for step in 0..<200 {
      steps.append(step)
      if step >= 5 { steps.append(step - 5) }
    }
    let decisions = decide(steps)
    #expect(decisions.count == 1)
    guard case .twoWriters(let row)? = decisions.first else { Issue.record("no second writer"); return }
    #expect(row.step == 2)
  }

  @Test func `What is undecided says from where to where`() {
    var order = LeadOrder()
    var decisions: [LeadOrder.Decision] = []
    for (record, step) in [80, 90, 100, 45].enumerated() {
      order.add(LeadOrder.Row(step: step, record: record, line: record, keys: 0), to: &decisions)
    }
    #expect(order.undecided?.fromStep == 100 && order.undecided?.toStep == 45)
    #expect(order.firstUndecided == 3)
    #expect(decisions.isEmpty)
  }

  // MARK: - Simulated logs

  /// A log of one key, by its seed: what is read in the end, and what the restarts are.
  struct SimulatedLog {
    var steps: [Int] = []
    var isPresent: [Bool] = []
    var restarts: [Int: Int] = [:]

    init(_ seed: UInt64, restarts mostRestarts: Int, threads: Bool, jitter: Bool) {
      var generator = SplitMix64(seed: seed)
      func random(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
      let gap = [1, 1, 5, 10, 50][random(0...4)]
      let checkpoint = gap * [1, 10, 25][random(0...2)]
      var step = 0
      for session in 0...mostRestarts {
        var rows: [Int] = []
        for _ in 0..<random(20...400) {
          rows.append(step)
          step += gap * (jitter && random(0...30) == 0 ? random(2...5) : 1)
        }
        if threads { Self.disorder(&rows, random) }
        add(rows, isRestart: session > 0)
        let top = rows.max() ?? 0
        // Not at the last step: a second value there is no restart.
        step = min(
          max(0, top - gap * random(2...200)) / checkpoint * checkpoint + gap * random(0...1), top - gap)
        step = max(0, step)
      }
    }

    private mutating func add(_ rows: [Int], isRestart: Bool) {
      let lowest = rows.min() ?? 0
      if isRestart {
        restarts[steps.count] = lowest
        for index in steps.indices where steps[index] >= lowest { isPresent[index] = false }
      }
      steps += rows
      isPresent += rows.map { _ in true }
    }

    /// Some rows come up to four places late, never the first ones.
    private static func disorder(_ rows: inout [Int], _ random: (ClosedRange<Int>) -> Int) {
      for index in 5..<max(6, rows.count - 5) where random(0...5) == 0 && index + 5 < rows.count {
        let row = rows.remove(at: index)
        rows.insert(row, at: index + random(1...4))
      }
    }
  }

  /// Restarts that are none, restarts that were missed, points in the wrong branch.
  private func errors(_ log: SimulatedLog) -> (falseOnes: Int, missed: Int, points: Int) {
    var isPresent = log.steps.map { _ in true }
    var found: [Int: Int] = [:]
    for case .restart(let to, _, let first) in decide(log.steps) {
      found[first.record] = to
      for index in 0..<first.record where log.steps[index] >= to { isPresent[index] = false }
    }
    return (
      found.count { log.restarts[$0.key] != $0.value }, log.restarts.count { found[$0.key] != $0.value },
      zip(isPresent, log.isPresent).count { $0 != $1 }
    )
  }

  @Test(arguments: [false, true])
  func `Simulated restarts are all found, and nothing else`(jitter: Bool) {
    for seed in 0..<120 as Range<UInt64> {
      let result = errors(SimulatedLog(seed, restarts: 3, threads: false, jitter: jitter))
      #expect(result == (0, 0, 0), "seed \(seed)")
    }
  }

  @Test func `Simulated threads are no restarts`() {
    for seed in 0..<120 as Range<UInt64> {
      let result = errors(SimulatedLog(seed, restarts: 0, threads: true, jitter: false))
      #expect(result == (0, 0, 0), "seed \(seed)")
    }
  }
}
