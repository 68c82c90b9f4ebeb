import Foundation
import RunTestSupport
import TestSupport
import Testing

@testable import Reports
@testable import RunAnalysis
@testable import RunFeed
@testable import RunModel

struct CheckpointAdviceTests {
  /// Evaluations each ten steps: old and new accuracy of 1,000 answers.
  private func run(_ old: [Double], _ new: [Double], saved: [Int] = []) -> RunModel {
    RunModel { log in
      for index in old.indices {
        log.eval(step: index * 10, ["eval/old/accuracy": old[index], "eval/new/accuracy": new[index]])
      }
      for step in saved {
        log.train(step: step)
        log.text("event", "checkpoint")
        log.text("path", "out/checkpoint-\(step)")
      }
    }
  }

  private static let old = [1.0, 0.99, 0.97, 0.9, 0.6, 0.5]
  private static let new = [0.0, 0.3, 0.7, 0.9, 0.92, 0.93]

  @Test func `Of what was saved one is the best within budget and one the best balance`() throws {
    let advice = try #require(CheckpointAdvice(run(Self.old, Self.new, saved: [10, 20, 30, 50])))
    #expect(advice.candidates.map(\.checkpoint.step) == [10, 20, 30, 50])
    #expect(advice.withinBudget == 1 && advice.bestBalance == 2 && advice.keep == 2)
    #expect(advice.candidates.map(\.isUnbeaten) == [true, true, true, true])
    #expect(
      advice.sentence
        == "keep checkpoint-30: old 0.900 (−10.0 points), new 0.900; after it the new task gained 3 points and the old one lost 40 points; checkpoint-20 is the best within 5 points"
    )
  }

  @Test func `A budget of the user says what to keep`() throws {
    let run = run(Self.old, Self.new, saved: [10, 20, 30, 50])
    let strict = try #require(CheckpointAdvice(run, budgets: [Budget("old/accuracy=-2pt")]))
    #expect(strict.withinBudget == 0 && strict.keep == 0)
    #expect(
      strict.sentence.contains("keep checkpoint-10")
        && strict.sentence.contains("checkpoint-30 is the best balance"))
    let wide = try #require(CheckpointAdvice(run, budgets: [Budget("old/accuracy=0.5")]))
    #expect(wide.keep == 3)
  }

  @Test func `A checkpoint between two evaluations has the values of the nearer one, and says whose`() throws
  {
    let advice = try #require(CheckpointAdvice(run(Self.old, Self.new, saved: [33, 47])))
    #expect(advice.candidates.map(\.evaluationStep) == [30, 50])
    #expect(advice.candidates.map { $0.new[0].value } == [0.9, 0.93])
  }

  @Test func `Of two that differ by less than one standard error the earlier is kept`() throws {
    // Of 503 answers the standard error of 0.9 is 0.013.
    let old = [503, 502, 501, 500, 501, 499, 498].map { $0 / 503.0 }
    let new = [1, 252, 453, 456, 457, 456, 455].map { $0 / 503.0 }
    let advice = try #require(CheckpointAdvice(run(old, new)))
    #expect(advice.candidates[advice.bestBalance].checkpoint.step == 20)
    #expect(advice.sentence.hasSuffix("nothing was saved there"))
  }

  @Test func `One that another beats in both is not marked`() throws {
    let advice = try #require(CheckpointAdvice(run([1, 0.9, 0.95, 0.8], [0, 0.5, 0.6, 0.9])))
    #expect(advice.candidates.map(\.checkpoint.step) == [10, 20, 30])
    #expect(advice.candidates.map(\.isUnbeaten) == [false, true, true])
  }

  @Test func `Losses make no sum with accuracies`() throws {
    let run = RunModel { log in
      for index in 0..<6 {
        log.eval(
          step: index * 10,
          ["eval/old/loss": 1 + Double(index) * 0.04, "eval/new/loss": 3 - Double(index) * 0.3])
        log.eval(step: index * 10, ["eval/old/accuracy": 0.9])
      }
    }
    let advice = try #require(CheckpointAdvice(run))
    let within = try #require(advice.withinBudget)
    #expect(advice.unit == .nats && advice.candidates[within].checkpoint.step == 20)
    #expect(advice.candidates[advice.keep].checkpoint.step == 50)
  }

  @Test func `Without a new task, or without a retention set, there is no advice`() {
    #expect(CheckpointAdvice(RunModel { $0.eval(step: 0, ["eval/old/accuracy": 1]) }) == nil)
    let unknown = RunModel { log in
      for step in 0..<4 {
        log.eval(step: step, ["eval/accuracy": 1, "eval/loss": 2, "eval/new/accuracy": 0])
      }
    }
    #expect(CheckpointAdvice(unknown) == nil)
  }

  @Test func `A restart takes back the checkpoints behind it`() {
    var reading = RunReading()
    let lines = [10, 20, 50].flatMap { step in
      [
        #"{"step":\#(step),"mode":"eval","eval/old/accuracy":1}"#,
        #"{"event":"checkpoint","step":\#(step),"path":"out/checkpoint-\#(step)"}"#,
      ]
    }
    let again = [20, 30, 40].map { #"{"step":\#($0),"mode":"eval","eval/old/accuracy":0.9}"# }
    reading.files.append("/run", (lines + again).map { $0 + "\n" }.joined().utf8)
    reading.readOn()
    #expect(reading.run.checkpoints.map(\.step) == [10, 20])
    #expect(reading.run.checkpoints.map(\.path) == ["out/checkpoint-10", "out/checkpoint-20"])
  }

  @Test func `Folders of checkpoints beside the log are told from their names`() {
    let files = FakeFileSystem()
    for name in ["checkpoint-120", "global_step_40", "checkpoint-best", "notes"] {
      files.append("/run/\(name)/weights", [1])
    }
    files.append("/run/metrics.jsonl", [1])
    files.append("/run/checkpoint-7", [1])
    for path in ["/run", "/run/metrics.jsonl"] {
      let found = CheckpointFolders(in: files).news(of: path).checkpoints.sorted { $0.step < $1.step }
      #expect(found.map(\.step) == [40, 120], "\(path): checkpoint-7 is a file")
      #expect(found.map(\.path) == ["/run/global_step_40", "/run/checkpoint-120"])
    }
  }

  @Test func `A check has a status for what holds, what does not and what cannot be judged`() {
    func status(_ run: RunModel, _ limit: CheckLimit = CheckLimit()) -> Int {
      CheckReport(AnalysedRun(run), limit: limit).status
    }
    let forgot = run(Self.old.map { ($0 * 1009).rounded() / 1009 }, Self.new)
    #expect(status(forgot) == 1)
    #expect(status(forgot, CheckLimit(severity: .error)) == 1)
    #expect(status(forgot, CheckLimit(severity: nil, codes: [.nonfiniteLoss])) == 0)
    #expect(status(run([1, 0.99, 1, 0.99], [0, 0.5, 0.9, 0.9])) == 0)
    #expect(status(RunModel { $0.train(step: 0, ["lr": 1]) }) == 2)
    #expect(status(RunModel { $0.train(step: 0, ["loss": 1]) }) == 2, "one step tells nothing")
  }

  @Test func `What recovered fails no check, what happened does`() {
    let old = [1009, 900, 800, 805, 1000, 1005, 1001].map { $0 / 1009.0 }
    let recovered = run(old, [0, 0.5, 0.9, 0.9, 0.9, 0.9, 0.9])
    let report = CheckReport(AnalysedRun(recovered), limit: CheckLimit())
    #expect(report.findings.first?.recoveredAt == 40 && report.status == 0)
    let nan = RunModel { log in
      log.train(step: 0, ["loss": .nan])
      for step in 1..<5 { log.train(step: step, ["loss": 1]) }
    }
    #expect(CheckReport(AnalysedRun(nan), limit: CheckLimit()).status == 1)
  }
}
