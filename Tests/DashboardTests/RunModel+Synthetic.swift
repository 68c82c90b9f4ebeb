import RunLog
import RunModel
import TestSupport

extension RunModel {
  /// A run that has read everything a little story says.
  init(
    named name: String = "synthetic", source: SourceState = .upToDate, _ story: (inout SyntheticRun) -> Void
  ) {
    self.init(path: "runs/\(name)/metrics.jsonl")
    var log = SyntheticRun()
    story(&log)
    var measurer = RunMeasurer()
    apply(measurer.measure(log.takeBatch(source: source)))
  }

  /// A run of `steps` steps, a second each, with losses, divergence, accuracies, modes, a restart and a bad line.
  static func everything(steps: Int = 40) -> RunModel {
    RunModel { log in
      for step in 0..<steps { log.everything(step: step) }
      log.notice(.rejected(reason: "not JSON"))
      for step in steps / 2..<steps { log.everything(step: step) }
    }
  }
}

extension SyntheticRun {
  /// Training, evaluation and logits of one step.
  mutating func everything(step: Int) {
    let drift = Double(step) / 10
    train(
      step: step, ["loss": 1 / (1 + drift), "total_loss": 1.5 / (1 + drift), "kl": drift], time: Double(step),
      modes: .training)
    eval(step: step, ["eval/old/accuracy": 1 - drift / 8, "eval/new/accuracy": drift / 8])
    logits(
      step: step, set: "old", [SyntheticSample("mild", policy: [2, 1, drift / 2], reference: [2, 1, 0])],
      labels: ["cat", "dog", "hen"])
    logits(
      step: step, set: "old",
      [
        SyntheticSample(
          "sequence", policy: [[0, 1], [drift, 0]], reference: [[0, 1], [0, 1]], targets: [1, 0])
      ])
  }
}
