internal import RunLog
internal import RunModel

/// A run made without a file: thousands of samples of ten classes, evaluated again and again.
enum SyntheticSamples {
  private static let classes = 10

  static func run(samples: Int, evaluations: Int) -> RunModel {
    var run = RunModel(path: "runs/synthetic/metrics.jsonl")
    var comparer = RunComparer()
    var noise: UInt64 = 7
    let reference = logits(samples, drift: 0, &noise)
    for evaluation in 0..<evaluations {
      var batch = RecordBatch()
      let step = evaluation * 10
      batch.records.append(
        Record(
          line: evaluation + 1, step: step, hasOwnStep: true, time: Double(step), phase: .eval,
          modes: ModelModes(
            policy: .eval, policyGradients: false, reference: .eval, referenceGradients: false),
          numbers: 0..<0))
      var content = InlineLogits(
        samples: samples, positions: 1, vocabulary: classes, isSequence: false,
        policy: zip(reference, logits(samples, drift: Double(evaluation), &noise)).map { $0 + $1 / 100 })
      content.reference = reference
      content.names = (0..<samples).map { "sample-\($0)" }
      content.targets = (0..<samples).map { $0 % classes }
      batch.distributions.append(
        DistributionRecord(record: 0, set: "old", content: .logits(content)))
      batch.status.dialect = .native
      batch.status.source = .upToDate
      run.apply(comparer.measure(batch))
    }
    return run
  }

  private static func logits(_ samples: Int, drift: Double, _ noise: inout UInt64) -> [Double] {
    (0..<samples * classes).map { _ in
      noise = (noise ^ (noise >> 29)) &* 0xBF58_476D_1CE4_E5B9 &+ 0x9E37_79B9_7F4A_7C15
      return (Double(noise >> 40) / Double(1 << 24) - 0.5) * (4 + drift)
    }
  }
}
