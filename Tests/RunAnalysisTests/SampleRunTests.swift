import Divergence
import Foundation
import RunLog
import RunTestSupport
import TestSupport
import Testing

@testable import Curves
@testable import Reports
@testable import RunAnalysis
@testable import RunModel

/// The runs of the repository, read from their files as the program reads them.
struct SampleRunTests {
  @Test(arguments: ["digits-kl", "digits-ref-in-train-mode", "digits-sft", "seed-example", "tiny-lm"])
  func `The divergence recomputed from the logits is the one PyTorch logged`(name: String) {
    let summary = RunSummary(load(name))
    #expect(summary.rejectedCount == 0)
    #expect(summary.restarts.isEmpty)
    #expect(summary.divergence.count > 10)
    #expect(summary.divergence.contains { $0.logged != nil })
    for entry in summary.divergence {
      guard let logged = entry.logged else { continue }
      // What float32 leaves of PyTorch's sum.
      #expect(
        abs(entry.policyReference.mean - logged) <= 5e-6,
        "step \(entry.step), \(entry.phase) \(entry.set ?? "")")
    }
  }

  @Test(arguments: ["digits-kl", "seed-example"])
  func `A correct run has no findings`(name: String) {
    #expect(load(name).findings() == [])
  }

  @Test func `The classic mistake is found`() {
    let codes = Set(load("digits-ref-in-train-mode").codes)
    #expect(codes == [.referenceInTrainMode, .klAtStepZero])
  }

  @Test func `Without the KL term the old digits are forgotten, with it they are not`() throws {
    for (name, range) in [("digits-sft", 0.4...0.7), ("digits-kl", 0.9...1.0)] {
      let accuracy = try #require(load(name).series(named: "eval/old/accuracy"))
      #expect(accuracy.role == .accuracy)
      #expect(accuracy.current.firstValue == 1)
      #expect(range.contains(accuracy.current.lastValue ?? .nan))
    }
  }

  @Test func `A run that forgot says since when, and which step to keep`() throws {
    let run = load("digits-sft")
    let finding = try #require(run.findings().first)
    #expect(finding.code == .forgetting && finding.severity == .error && finding.step == 60)
    #expect(finding.series == "eval/old/accuracy")
    #expect(
      finding.message.hasPrefix(
        "eval/old/accuracy 1.000 → 0.548 since step 60 (−45.2 points, n 221, Fisher p < 1e-9)"))
    let advice = try #require(CheckpointAdvice(run))
    let within = try #require(advice.withinBudget)
    #expect(advice.candidates[within].checkpoint.step == 50)
    #expect(advice.candidates[advice.bestBalance].checkpoint.step == 60 && advice.keep == advice.bestBalance)
    #expect(
      advice.sentence
        == "keep step 60: old 0.919 (−8.1 points), new 0.886; after it the new task gained 10.5 points and the old one lost 37.1 points; step 50 is the best within 5 points; nothing was saved there"
    )
  }

  private func load(_ name: String) -> RunModel {
    let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let path = repository.appending(path: "sample-runs/\(name)").path()
    var follower = RunFollower(path: path)
    var comparer = RunComparer()
    var run = RunModel(path: path)
    var requests = LogitsFileRequests()
    repeat {
      let batch = follower.nextBatch()
      let files = requests.requests(in: batch)
      var measured = comparer.measure(batch)
      measured.files = files
      run.apply(measured)
    } while run.status.source == .reading
    return run
  }
}
