import RunLog
import RunModel
import TestSupport

/// A run that a test feeds step by step.
struct Feed {
  var log = SyntheticRun()
  var comparer = RunComparer()

  mutating func loss(
    steps: some Sequence<Int>, source: SourceState = .upToDate, secondsPerStep: Double = 1
  ) -> ComparedBatch {
    for step in steps { log.train(step: step, ["loss": 1], time: Double(step) * secondsPerStep) }
    return comparer.measure(log.takeBatch(source: source))
  }
}
