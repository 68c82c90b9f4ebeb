import FileAccess
import TestSupport
import Testing

@testable import RunLog

struct StepClassifierTests {
  /// One record of a log.
  private struct Line {
    var step: Int
    var numbers: KeyValuePairs<String, Double>

    init(_ step: Int, _ numbers: KeyValuePairs<String, Double>) {
      self.step = step
      self.numbers = numbers
    }
  }

  /// Steps as they were placed, and what was told.
  private struct Classified {
    var steps: [Int] = []
    var told: [String] = []
    var late = 0
    var source: StepSource?
    var undecided: UndecidedStep?
  }

  /// - Parameter size: records of a batch.
  private func classify(_ lines: [Line], size: Int = .max, isLast: Bool = true) -> Classified {
    var classifier = StepClassifier()
    var keys: [String: UInt32] = [:]
    var result = Classified()
    var start = 0
    while start < lines.count {
      let end = size < lines.count - start ? start + size : lines.count
      var batch = Self.batch(lines[start..<end], from: start, &keys)
      classifier.classify(&batch)
      if isLast, end == lines.count { classifier.finish(&batch) }
      result.steps += batch.records.map(\.step)
      result.told += batch.notices.map { Self.text($0, start) }
      start = end
    }
    result.late = classifier.lateRecords
    result.source = classifier.stepSource
    result.undecided = classifier.undecided
    return result
  }

  private static func batch(
    _ lines: ArraySlice<Line>, from start: Int, _ keys: inout [String: UInt32]
  ) -> RecordBatch {
    var batch = RecordBatch()
    for (index, line) in lines.enumerated() {
      let first = batch.numbers.count
      for (key, value) in line.numbers {
        if keys[key] == nil {
          keys[key] = UInt32(keys.count)
          batch.newKeys.append(key)
        }
        batch.numberKeys.append(keys[key] ?? 0)
        batch.numbers.append(value)
      }
      batch.records.append(
        Record(
          line: start + index + 1, step: line.step, hasOwnStep: true, time: .nan, phase: .train,
          modes: ModelModes(), numbers: first..<batch.numbers.count))
    }
    return batch
  }

  /// `line 7: 5 → 3 from record 6`.
  private static func text(_ notice: LogNotice, _ start: Int) -> String {
    switch notice.kind {
    case .restarted(let restart):
      "line \(notice.line): \(restart.fromStep) → \(restart.toStep) from record \(start + notice.position - restart.records)"
    case .stepOddity(let oddity): "\(oddity)"
    default: "\(notice.kind)"
    }
  }

  private func training(_ steps: some Sequence<Int>) -> [Line] {
    steps.map { Line($0, ["loss": 1, "lr": 2]) }
  }

  @Test func `A late evaluation moves nothing`() {
    let lines =
      training(1...6) + [Line(3, ["eval_loss": 2])] + training(7...9) + [Line(2, ["eval_loss": 3])]
      + training(10...12)
    let result = classify(lines)
    #expect(result.told.isEmpty)
    #expect(result.late == 2)
    #expect(result.steps == lines.map(\.step))
  }

  @Test func `Only the key with most values tells of a restart`() {
    let lines = training(0...20) + [Line(20, ["rare": 1])] + training([21]) + [Line(5, ["rare": 2])]
    #expect(classify(lines).told.isEmpty)
    let again = classify(lines + training(10...13))
    #expect(again.told == ["line 25: 21 → 10 from record 24"])
    #expect(again.late == 1, "what comes from the restart on is in order")
  }

  @Test func `An evaluation that a restart begins with is of the new branch`() {
    let first = training(0...20) + [Line(20, ["eval_loss": 1])]
    let result = classify(first + [Line(10, ["eval_loss": 2])] + training(11...14))
    #expect(result.told == ["line 23: 20 → 10 from record 22"])
  }

  @Test func `Each key in a record of its own, as TensorBoard writes them, goes back with the first of them`()
  {
    let steps = Array(0...9) + Array(5...9)
    let lines = steps.flatMap { step in ["lr", "loss", "norm"].map { Line(step, [$0: 1]) } }
    #expect(classify(lines).told == ["line 31: 9 → 5 from record 30"])
  }

  @Test func `Steps that are counted anew in each epoch are joined, and that is told`() {
    let lines = (1...4).flatMap { epoch in
      (1...5).map { Line($0 * 10, ["loss": 1, "epoch": Double(epoch)]) } + [Line(100, ["map": 1])]
    }
    let result = classify(lines)
    #expect(
      result.steps.enumerated().filter { $0.offset % 6 < 5 }.map(\.element)
        == Array(stride(from: 10, through: 200, by: 10)))
    #expect(result.told == ["countedByEpoch"])
    #expect(result.source == .countedByEpoch)
  }

  @Test func `A restart within epochs goes back to the joined step`() {
    func epoch(_ number: Double, _ steps: ClosedRange<Int>) -> [Line] {
      steps.map { Line($0, ["loss": 1, "epoch": number]) }
    }
    let lines = epoch(1, 1...10) + epoch(2, 1...10) + epoch(2, 1...10) + epoch(3, 1...3)
    let result = classify(lines)
    #expect(result.told == ["countedByEpoch", "line 21: 20 → 11 from record 20"])
    #expect(Array(result.steps.suffix(13)) == Array(11...23))
  }

  @Test func `An epoch in fractions that goes on counts nothing anew`() {
    let lines = (1...40).map { Line($0 * 5, ["loss": 1, "epoch": Double($0) / 8]) }
    #expect(classify(lines).told.isEmpty && classify(lines).source == nil)
  }

  @Test func `Evaluations at the number of their epoch stand at the last step of the training`() {
    func epoch(_ number: Int) -> [Line] {
      (1...8).map { Line((number - 1) * 80 + $0 * 10, ["loss": 1, "epoch": Double(number), "data_time": 0]) }
        + [Line(number, ["coco/bbox_mAP": 0.1, "data_time": 0])]
    }
    let result = classify(epoch(1) + epoch(2))
    #expect(result.steps[8] == 80 && result.steps[17] == 160)
    #expect(result.told == ["evaluationsByEpoch(key: \"coco/bbox_mAP\")"])
  }

  @Test func `Keys with steps of their own are told, and nothing is cut`() {
    let lines = (1...5).flatMap { train in
      (0...2).map { Line(train * 100 + $0, ["inference/latency": 0.1]) } + [Line(train, ["loss": 1])]
    }
    let result = classify(lines)
    #expect(result.told == ["secondCounter(key: \"loss\", lead: \"inference/latency\")"])
    #expect(result.steps == lines.map(\.step))
  }

  @Test func `Ranks that give one key at one step are told apart`() {
    let blocks = (0..<4).flatMap { rank in
      (1...8).map { Line($0 * 10, ["loss": 1, "rank": Double(rank)]) }
    }
    let interleaved = (1...8).flatMap { step in
      (0..<4).map { Line(step * 10, ["loss": 1, "rank": Double($0)]) }
    }
    for lines in [blocks, interleaved] {
      #expect(classify(lines).told == ["severalWriters(tag: \"rank\")"])
    }
  }

  @Test func `A restart of all ranks is one restart`() {
    let lines = (Array(0...9) + Array(4...12)).flatMap { step in
      (0..<3).map { Line(step, ["loss": 1, "rank": Double($0)]) }
    }
    let told = classify(lines).told
    #expect(told.count == 2 && told.contains("line 31: 9 → 4 from record 30"))
  }

  @Test func `Another process that goes on is a restart like any other`() {
    let lines =
      (0...9).map { Line($0, ["loss": 1, "pid": 100]) } + (5...12).map { Line($0, ["loss": 1, "pid": 200]) }
    #expect(classify(lines).told == ["line 11: 9 → 5 from record 10"])
  }

  @Test func `A file that is read again, and a session, are restarts without proof`() {
    var classifier = StepClassifier()
    var keys: [String: UInt32] = [:]
    var batch = Self.batch(training(0...4)[...], from: 0, &keys)
    batch.notices = [LogNotice(position: 3, line: 4, kind: .sessionStarted(step: 1))]
    classifier.classify(&batch)
    #expect(batch.notices.map { Self.text($0, 0) }.last == "line 4: 2 → 1 from record 3")
    var next = Self.batch(training(0...1)[...], from: 0, &keys)
    next.notices = [LogNotice(position: 0, line: 1, kind: .startedOver(.truncated))]
    classifier.classify(&next)
    #expect(next.notices.map { Self.text($0, 0) }.last == "line 1: 4 → 0 from record 0")
  }

  @Test func `What is not decided yet is told until it is`() {
    let lines = training(stride(from: 10, through: 100, by: 10))
    let one = classify(lines + training([40]), isLast: false)
    #expect(one.undecided == UndecidedStep(fromStep: 100, toStep: 40))
    let three = classify(lines + training([40, 50, 60]), isLast: false)
    #expect(three.undecided == nil && three.told.count == 1)
  }

  @Test func `What is decided does not depend on where batches end`() {
    var generator = SplitMix64(seed: 5)
    for _ in 0..<20 {
      let lines = Self.mixedLog(&generator)
      let whole = classify(lines)
      for size in [1, 3, Int.random(in: 2...50, using: &generator)] {
        let parts = classify(lines, size: size)
        #expect(parts.told == whole.told && parts.steps == whole.steps && parts.late == whole.late)
      }
    }
  }

  @Test func `Restarts among late evaluations are all found, and nothing else`() {
    var generator = SplitMix64(seed: 20_261_128)
    var points = 0
    for seed in 0..<100 {
      var truth: [String] = []
      let lines = Self.mixedLog(&generator, restarts: &truth)
      points += lines.count
      // An evaluation right before the first record may count as the first one.
      let told = classify(lines).told.map { $0.replacing(/line \d+: | from record \d+/, with: "") }
      #expect(told == truth, "log \(seed)")
    }
    #expect(points > 50_000)
  }

  private static func mixedLog(_ generator: inout SplitMix64) -> [Line] {
    var restarts: [String] = []
    return mixedLog(&generator, restarts: &restarts)
  }

  /// A training with evaluations up to 50 steps late, and restarts from checkpoints.
  private static func mixedLog(_ generator: inout SplitMix64, restarts: inout [String]) -> [Line] {
    func random(_ range: ClosedRange<Int>, _ generator: inout SplitMix64) -> Int {
      Int.random(in: range, using: &generator)
    }
    let gap = [1, 5, 10][random(0...2, &generator)]
    var lines: [Line] = []
    var step = 0
    for session in 0...random(0...3, &generator) {
      if session > 0 {
        let top = step - gap
        step = max(0, top - gap * random(1...150, &generator))
        restarts.append("\(top) → \(step)")
      }
      var waiting: [(due: Int, line: Line)] = []
      for index in 0..<random(20...500, &generator) {
        lines.append(Line(step, ["loss": 1, "lr": 2]))
        if index % 5 == 0 {
          waiting.append((index + random(0...50, &generator) / gap, Line(step, ["eval_loss": 1])))
        }
        lines += waiting.filter { $0.due <= index }.map(\.line)
        waiting.removeAll { $0.due <= index }
        step += gap
      }
    }
    return lines
  }
}
