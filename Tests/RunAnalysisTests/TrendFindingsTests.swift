import RealModule
import RunTestSupport
import TestSupport
import Testing

@testable import Reports
@testable import RunAnalysis
@testable import RunModel

struct TrendFindingsTests {
  /// A run with a loss at every step and a divergence at every tenth.
  private func run(
    steps: Int = 200, noise: Double = 0.01, loss: (Double) -> Double, drift: (Double) -> Double
  ) -> RunModel {
    var random = SplitMix64(seed: 21)
    return RunModel { log in
      for step in 0..<steps {
        log.train(step: step, ["loss": loss(Double(step)) + noise * random.normal()], modes: .training)
        guard step % 10 == 0 else { continue }
        let sample = SyntheticSample("a", policy: [1 + drift(Double(step)), 0], reference: [1, 0])
        log.logits(step: step, set: "old", [sample])
      }
    }
  }

  @Test func `A level loss with a divergence that rises is found`() throws {
    let run = run(loss: { 2 * Double.exp(-$0 / 10) + 0.2 }, drift: { $0 / 100 })
    let finding = try #require(run.findings().first { $0.code == .divergenceRisesAtFlatLoss })
    #expect(finding.severity == .warning && finding.series == "eval old" && finding.step == 120)
    #expect(finding.message.contains("loss is level since step 120"))
    #expect(finding.message.contains("eval old still rises"))
  }

  @Test func `A loss that still falls, a divergence that stands, and few evaluations say nothing`() {
    let falling = run(loss: { 2 - $0 / 200 }, drift: { $0 / 100 })
    let standing = run(loss: { 2 * Double.exp(-$0 / 10) }, drift: { min(1, $0 / 20) })
    let short = run(steps: 65, loss: { 2 * Double.exp(-$0 / 3) }, drift: { $0 / 100 })
    for run in [falling, standing, short] { #expect(run.codes == []) }
  }

  @Test func `A jump of a loss or of a divergence is a note with its step and size`() throws {
    let run = run(
      steps: 400, loss: { 1 + ($0 >= 250 ? 3 : 0) }, drift: { ($0 >= 200 ? 3.0 : 0) + $0 / 4000 })
    let jumps = run.findings().filter { $0.code == .changePoint }
    #expect(jumps.map(\.series) == ["eval old", "loss"])
    #expect(jumps.map(\.step) == [200, 250])
    #expect(jumps.allSatisfy { $0.severity == .note })
    #expect(
      try #require(jumps.last).message.hasPrefix("loss jumps up by 3 at step 250")
        || jumps.last?.message.contains("jumps up by 2.99") == true
        || jumps.last?.message.contains("jumps up by 3.0") == true)
    #expect(RunSummary(run).findings.contains { $0.code == "change-point" && $0.step == 250 })
  }

  @Test func `What the course says is forgotten when the run goes back before it`() {
    var log = SyntheticRun()
    for step in 0..<100 { log.train(step: step, ["loss": step < 50 ? 1 : 2 + Double(step % 3) / 100]) }
    var run = RunModel(path: "")
    var comparer = RunComparer()
    run.apply(comparer.measure(log.takeBatch()))
    #expect(run.codes == [.changePoint])
    log.train(step: 30, ["loss": 1])
    run.apply(comparer.measure(log.takeBatch()))
    #expect(run.codes == [])
  }
}
