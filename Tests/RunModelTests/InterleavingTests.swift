import RunModel
import RunTestSupport
import TestSupport
import Testing

/// However the streams of a training are mixed in its log, the run is that of the streams by themselves.
struct InterleavingTests {
  private struct Log {
    var lines: [String] = []
    var losses: [Int: Double] = [:]
    var evaluations: [Int: Double] = [:]
    var restarts = 0
  }

  /// A training that is evaluated up to 50 steps late, and goes back to a checkpoint now and then.
  private static func log(_ seed: UInt64, form: (Int, String, Double) -> String) -> Log {
    var random = SplitMix64(seed: seed)
    var log = Log()
    let gap = [1, 2, 5, 10].randomElement(using: &random) ?? 1
    let every = Int.random(in: 3...12, using: &random)
    var waiting: [(step: Int, until: Int, value: Double)] = []
    var (step, rows, value) = (0, 0, 0.0)
    for row in 0..<400 {
      value += 1
      log.lines.append(form(step, "loss", value))
      log.losses[step] = value
      rows += 1
      if rows % every == 0 {
        let delay = Int.random(in: 0...(50 / gap), using: &random)
        waiting.append((step, step + delay * gap, value + 0.5))
      }
      for evaluation in waiting where evaluation.until <= step {
        log.lines.append(form(evaluation.step, "eval_loss", evaluation.value))
        log.evaluations[evaluation.step] = evaluation.value
      }
      waiting.removeAll { $0.until <= step }
      step += gap
      guard rows > 20, row < 360, Int.random(in: 0..<60, using: &random) == 0 else { continue }
      // What was being computed is lost with its process.
      waiting = []
      step -= gap * Int.random(in: 2...18, using: &random)
      log.losses = log.losses.filter { $0.key < step }
      log.evaluations = log.evaluations.filter { $0.key < step }
      log.restarts += 1
      rows = 0
    }
    return log
  }

  private static let forms: [@Sendable (Int, String, Double) -> String] = [
    { "{\"step\":\($0),\"\($1)\":\($2)}\n" }, { "step \($0): \($1) \($2)\n" },
    { "{'step': \($0), '\($1)': \($2)}\n" },
  ]

  @Test(arguments: forms.indices)
  func `Late evaluations and restarts are told apart`(form: Int) {
    for seed in 0..<20 as Range<UInt64> {
      let log = Self.log(seed, form: Self.forms[form])
      for isLive in [false, true] {
        var reading = RunReading(readsOnce: !isLive)
        reading.files.create("/run", "")
        let part = isLive ? 17 : log.lines.count
        for start in stride(from: 0, to: log.lines.count, by: part) {
          reading.files.append("/run", log.lines[start..<min(start + part, log.lines.count)].joined())
          reading.readOn()
        }
        #expect(reading.values("loss") == log.losses, "seed \(seed)")
        #expect(reading.values("eval_loss") == log.evaluations, "seed \(seed)")
        #expect(reading.run.restarts.count == log.restarts, "seed \(seed)")
      }
    }
  }
}
