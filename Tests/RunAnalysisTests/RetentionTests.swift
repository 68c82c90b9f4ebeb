import RunTestSupport
import TestSupport
import Testing

@testable import Curves
@testable import RunAnalysis
@testable import RunModel

struct RetentionTests {
  private func run(_ curves: KeyValuePairs<String, [Double]>) -> RunModel {
    RunModel { log in
      for (key, values) in curves {
        for (index, value) in values.enumerated() {
          log.eval(step: index * 10, [key: value])
        }
      }
    }
  }

  private func standings(_ run: RunModel) -> [RetentionStanding] {
    run.retentionMetrics.compactMap { run.standing(of: $0) }
  }

  @Test(arguments: [
    ("eval/old/accuracy", RetentionMetric.Kind.accuracy), ("eval/loss", .loss),
    ("eval/perplexity", .perplexity),
    ("eval/wiki_ppl", .perplexity), ("eval/bleu", .score), ("eval/squad/f1", .score),
  ])
  func `A key that tells what the model can do`(key: String, kind: RetentionMetric.Kind) {
    #expect(run([key: [1]]).retentionMetrics.map(\.kind) == [kind])
  }

  @Test(arguments: [
    "eval/runtime", "eval/samples_per_second", "eval/epoch", "eval/old/acc_stderr", "eval/entropy", "lr",
    "score",
  ])
  func `Any other number of an evaluation is none`(key: String) {
    #expect(run([key: [1, 2]]).retentionMetrics.isEmpty)
  }

  @Test func `First and last, best and last are different things`() throws {
    let standing = try #require(standings(run(["eval/old/accuracy": [0.8, 0.9, 0.5, 0.6]])).first)
    #expect(standing.start == .init(step: 0, value: 0.8) && standing.now == .init(step: 30, value: 0.6))
    #expect(standing.best == .init(step: 10, value: 0.9) && standing.isFraction)
    #expect(abs(standing.change - -0.2) < 1e-12 && abs((standing.relativeChange ?? 0) - -0.25) < 1e-12)
    #expect(abs((standing.forgetting ?? 0) - 0.3) < 1e-12, "max so far − now")
    #expect(abs(standing.backwardTransfer - -0.2) < 1e-12, "now − start")
    #expect(standing.isWorse)
  }

  @Test func `For losses higher is worse, with the same signs of forgetting and transfer`() throws {
    let standing = try #require(standings(run(["eval/old/loss": [1, 0.5, 2]])).first)
    #expect(standing.best == .init(step: 10, value: 0.5))
    #expect(standing.change == 1 && standing.forgetting == 1.5 && standing.backwardTransfer == -1)
    #expect(standing.isWorse && !standing.isFraction)
  }

  @Test func `A best that is now is no forgetting, and one evaluation knows none`() throws {
    #expect(try #require(standings(run(["eval/accuracy": [0.5, 0.75]])).first).forgetting == -0.25)
    #expect(try #require(standings(run(["eval/accuracy": [0.5]])).first).forgetting == nil)
    let broken = try #require(standings(run(["eval/accuracy": [.nan, .nan]])).first)
    #expect(broken.best == nil && broken.relativeChange?.isNaN == true)
  }

  @Test func `Means over tasks of one kind, of old ones where the log names them`() throws {
    let run = run([
      "eval/old/a/accuracy": [1, 0.5], "eval/old/b/accuracy": [0.5, 0.75, 0.7], "eval/new/accuracy": [0, 1],
      "eval/old/a/loss": [1, 2],
    ])
    let averages = ForgettingAverage.all(of: standings(run))
    #expect(averages.map(\.kind) == [.accuracy] && averages.first?.tasks == 2)
    #expect(abs((averages.first?.averageForgetting ?? 0) - (0.5 + 0.05) / 2) < 1e-12)
    #expect(abs((averages.first?.backwardTransfer ?? 0) - (-0.5 + 0.2) / 2) < 1e-12)
  }

  @Test func `A task that is measured twice counts once, as it was evaluated most often`() throws {
    let run = run([
      "eval/old/token_accuracy": [1, 0.9, 0.5], "eval_old_mean_token_accuracy": [1, 0.8],
      "eval/base/accuracy": [0.5, 0.25],
    ])
    let average = try #require(ForgettingAverage.all(of: standings(run)).first)
    #expect(average.tasks == 2)
    #expect(abs(average.backwardTransfer - (-0.5 - 0.25) / 2) < 1e-12)
  }

  @Test func `A standard error beside a score belongs to it`() throws {
    let run = run(["eval/arc/acc": [0.5, 0.4], "eval/arc/acc_stderr": [0.02, 0.03]])
    #expect(standings(run).map(\.standardError) == [0.03])
    let older = self.run(["eval/arc/acc": [0.5, 0.4], "eval/arc/acc_stderr": [0.02]])
    #expect(standings(older).map(\.standardError) == [nil])
  }

  @Test func `A scatter pairs evaluations with the divergence measured since the last one`() {
    let run = RunModel { log in
      for step in stride(from: 0, through: 50, by: 10) {
        log.eval(step: step, ["eval/old/accuracy": 1 - Double(step) / 100, "eval/old/loss": Double(step)])
        guard step != 20 else { continue }
        let sample = SyntheticSample("a", policy: [1 + Double(step), 0], reference: [1, 0])
        log.logits(step: step == 30 ? 29 : step, set: "new", [sample])
      }
    }
    let accuracy = run.retentionMetrics[0]
    let scatter = run.scatter(of: accuracy, against: run.distances[0], swapped: false)
    #expect(scatter.points.map(\.step) == [0, 10, 30, 40, 50])
    #expect(zip(scatter.points.map(\.lost), [0, 0.1, 0.3, 0.4, 0.5]).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(scatter.fit?.count == 5)
    let loss = run.scatter(of: run.retentionMetrics[1], against: run.distances[0], swapped: true)
    #expect(loss.points.map(\.lost) == [0, 10, 30, 40, 50])
    #expect(loss.points.last?.divergence != scatter.points.last?.divergence)
  }

  @Test func `A logged KL stands in where there are no logits`() {
    let run = run(["eval/old/accuracy": [1, 0.5], "eval/kl": [0, 0.25]])
    let scatter = run.scatter(of: run.retentionMetrics[0], against: run.distances[0], swapped: false)
    #expect(scatter.points.map(\.divergence) == [0, 0.25] && scatter.fit == nil)
  }
}
