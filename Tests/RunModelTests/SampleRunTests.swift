import Foundation
import RunLog
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
        abs((entry.policyReference.mean ?? .nan) - logged) <= 5e-6,
        "step \(entry.step), \(entry.phase) \(entry.set ?? "")")
    }
  }

  @Test(arguments: ["digits-kl", "digits-sft", "seed-example", "tiny-lm"])
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
      #expect(accuracy.current.firstInFile == 1)
      #expect(range.contains(accuracy.current.lastInFile ?? .nan))
    }
  }

  private func load(_ name: String) -> RunModel {
    let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let path = repository.appending(path: "sample-runs/\(name)").path()
    var follower = RunFollower(path: path)
    var measurer = RunMeasurer()
    var run = RunModel(path: path)
    var requests = LogitsFileRequests()
    repeat {
      let batch = follower.nextBatch()
      let files = requests.requests(in: batch)
      var measured = measurer.measure(batch)
      measured.files = files
      run.apply(measured)
    } while run.status.source == .reading
    return run
  }
}
