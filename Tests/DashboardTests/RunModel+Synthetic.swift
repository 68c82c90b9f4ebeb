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
    var comparer = RunComparer()
    apply(comparer.measure(log.takeBatch(source: source)))
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

extension RunModel {
  /// Four samples over three evaluations: `early` is forgotten at 10, `late` at 20, `kept` never, `bare` has no target.
  static let forgetful = RunModel { log in
    let tops = ["early": [0, 1, 1], "late": [0, 0, 2], "kept": [0, 0, 0], "bare": [0, 1, 0]]
    for (index, step) in [0, 10, 20].enumerated() {
      log.logits(
        step: step, set: "old",
        tops.sorted { $0.key < $1.key }.map { name, tops in
          var policy = [0.0, 0, 0]
          policy[tops[index]] = 1 + Double(index)
          return SyntheticSample(
            name, policy: [policy], reference: [[2, 0, 0]], targets: [name == "bare" ? -1 : 0])
        }, labels: ["cat", "dog", "hen"])
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
