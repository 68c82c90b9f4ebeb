internal import RunLog
internal import RunModel

/// A run made without a file: as many points as wanted, in five series that the dashboard draws.
enum SyntheticModel {
  private static let keys = ["loss", "total_loss", "kl", "lr", "eval/old/accuracy"]

  static func run(points: Int) -> RunModel {
    var run = RunModel(path: "runs/synthetic/metrics.jsonl")
    let steps = points / keys.count
    let stride = 50_000
    for first in Swift.stride(from: 0, to: steps, by: stride) {
      var batch = RecordBatch()
      if first == 0 { batch.newKeys = keys }
      for step in first..<min(first + stride, steps) { append(step, to: &batch) }
      batch.status.dialect = .native
      batch.status.source = .upToDate
      run.apply(ComparedBatch(batch: batch, measurements: []))
    }
    return run
  }

  private static func append(_ step: Int, to batch: inout RecordBatch) {
    let first = batch.numbers.count
    var noise = UInt64(truncatingIfNeeded: step) &* 0x9E37_79B9_7F4A_7C15
    for key in keys.indices {
      noise = (noise ^ (noise >> 29)) &* 0xBF58_476D_1CE4_E5B9
      batch.numberKeys.append(UInt32(key))
      batch.numbers.append(2 / (1 + Double(step) / 1e6) + Double(noise >> 40) / Double(1 << 24))
    }
    batch.records.append(
      Record(
        line: step + 1, step: step, hasOwnStep: true, time: Double(step) / 12, phase: .train,
        modes: ModelModes(policy: .train, policyGradients: true, reference: .eval, referenceGradients: false),
        numbers: first..<batch.numbers.count))
  }

  /// A run of logits of both models for each step, measured as they would come in: two samples of four entries.
  static func measured(steps: Int) -> RunModel {
    var run = RunModel(path: "runs/synthetic/metrics.jsonl")
    var comparer = RunComparer()
    let stride = 5000
    for first in Swift.stride(from: 0, to: steps, by: stride) {
      var batch = RecordBatch()
      for step in first..<min(first + stride, steps) { appendLogits(step, to: &batch) }
      batch.status.dialect = .native
      batch.status.source = .upToDate
      run.apply(comparer.measure(batch))
    }
    return run
  }

  private static func appendLogits(_ step: Int, to batch: inout RecordBatch) {
    let drift = Double(step) / 1e4
    batch.records.append(
      Record(
        line: step + 1, step: step, hasOwnStep: true, time: Double(step) / 12, phase: .eval,
        modes: ModelModes(policy: .eval, policyGradients: false, reference: .eval, referenceGradients: false),
        numbers: 0..<0))
    var logits = InlineLogits(
      samples: 2, positions: 1, vocabulary: 4, isSequence: false,
      policy: [2 + drift, 1, 0, -1, 1, 2 + drift, 0, -1])
    logits.reference = [2, 1, 0, -1, 1, 2, 0, -1]
    batch.distributions.append(
      DistributionRecord(record: batch.records.count - 1, set: "old", content: .logits(logits)))
  }
}
