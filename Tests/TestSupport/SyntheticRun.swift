package import RunLog

/// A log written by hand: builds the batches that the reading thread would hand over.
///
/// Keys are taken as they are given: a key of an evaluation is written with its `eval/` in front.
package struct SyntheticRun {
  private var batch = RecordBatch()
  private var keys: [String: UInt32] = [:]
  private var line = 0
  private var steps = StepClassifier()

  package init() {}

  /// A line about the training batches.
  package mutating func train(
    step: Int, _ numbers: KeyValuePairs<String, Double> = [:], time: Double = .nan,
    modes: ModelModes = ModelModes()
  ) {
    record(step: step, phase: .train, numbers, time: time, modes: modes)
  }

  /// A line about an evaluation.
  package mutating func eval(
    step: Int, _ numbers: KeyValuePairs<String, Double> = [:], time: Double = .nan,
    modes: ModelModes = .evaluation
  ) {
    record(step: step, phase: .eval, numbers, time: time, modes: modes)
  }

  /// A line with logits of both models, or of one of them.
  package mutating func logits(
    step: Int, set: String? = nil, phase: Phase = .eval, _ samples: [SyntheticSample],
    numbers: KeyValuePairs<String, Double> = [:], modes: ModelModes = .evaluation, labels: [String] = []
  ) {
    record(step: step, phase: phase, numbers, time: .nan, modes: modes)
    guard let first = samples.first else { return }
    let positions = max(first.policy.count, first.reference.count)
    var logits = InlineLogits(
      samples: samples.count, positions: positions,
      vocabulary: (first.policy.first ?? first.reference.first)?.count ?? 0,
      isSequence: positions > 1, policy: samples.flatMap { $0.policy.flatMap(\.self) })
    let reference = samples.flatMap { $0.reference.flatMap(\.self) }
    logits.reference = reference.isEmpty ? nil : reference
    logits.names = samples.compactMap(\.name)
    logits.mask = samples.flatMap(\.mask)
    logits.targets = samples.flatMap(\.targets)
    logits.labels = labels
    batch.distributions.append(
      DistributionRecord(record: batch.records.count - 1, set: set, content: .logits(logits)))
  }

  /// A line of training with log-probabilities of sampled tokens.
  package mutating func tokens(
    step: Int, sample: String, policy: [Double], reference: [Double],
    _ numbers: KeyValuePairs<String, Double> = [:]
  ) {
    record(step: step, phase: .train, numbers, time: .nan, modes: ModelModes())
    let tokens = SampledTokens(
      sample: sample, policy: policy, reference: reference, mask: [], sampledFrom: "policy")
    batch.distributions.append(
      DistributionRecord(record: batch.records.count - 1, set: nil, content: .sampledTokens(tokens)))
  }

  /// Something that happens to the source before the next line.
  package mutating func notice(_ kind: LogNotice.Kind) {
    switch kind {
    case .startedOver: line = 0
    case .rejected, .run: line += 1
    case .unusable, .printedOutput, .stepsRevised, .sessionStarted, .checkpointUnknown, .progress, .restarted,
      .stepOddity, .unusedKey, .remark, .ended:
      break
    }
    batch.notices.append(LogNotice(position: batch.records.count, line: max(1, line), kind: kind))
  }

  /// A number of the last line, which has no others.
  package mutating func number(_ key: String, _ value: Double) {
    train(step: batch.records.last?.step ?? 0)
    batch.numberKeys.append(intern(key))
    batch.numbers.append(value)
    batch.records[batch.records.count - 1].numbers = batch.numbers.count - 1..<batch.numbers.count
  }

  /// A string of the last line.
  package mutating func text(_ key: String, _ value: String) {
    batch.texts.append(RecordText(record: batch.records.count - 1, key: key, text: value))
  }

  /// What was written since the last time; the next line begins a new batch.
  ///
  /// - Parameter isLast: what is undecided is decided as at the end of a log.
  package mutating func takeBatch(
    source: SourceState = .upToDate, dialect: Dialect? = .native, isLast: Bool = true
  ) -> RecordBatch {
    var taken = batch
    taken.status.dialect = dialect
    taken.status.lines = line
    taken.status.source = source
    batch = RecordBatch()
    steps.classify(&taken)
    if isLast { steps.finish(&taken) }
    return taken
  }

  private mutating func record(
    step: Int, phase: Phase, _ numbers: KeyValuePairs<String, Double>, time: Double, modes: ModelModes
  ) {
    line += 1
    let first = batch.numbers.count
    for (key, value) in numbers {
      batch.numberKeys.append(intern(key))
      batch.numbers.append(value)
    }
    batch.records.append(
      Record(
        line: line, step: step, hasOwnStep: true, time: time, phase: phase, modes: modes,
        numbers: first..<batch.numbers.count))
  }

  private mutating func intern(_ key: String) -> UInt32 {
    if let known = keys[key] { return known }
    let index = UInt32(keys.count)
    keys[key] = index
    batch.newKeys.append(key)
    return index
  }
}

/// One sample of a line with logits: positions × vocabulary of each model.
package struct SyntheticSample: Sendable {
  /// `nil` for a row of an unnamed batch.
  package var name: String?
  /// T × V, empty where the line has only the reference's logits.
  package var policy: [[Double]]
  /// T × V, empty where the line has only the policy's logits.
  package var reference: [[Double]]
  /// T, or empty where everything counts.
  package var mask: [Bool]
  /// T, or empty.
  package var targets: [Int]

  package init(
    _ name: String? = nil, policy: [[Double]] = [], reference: [[Double]] = [], mask: [Bool] = [],
    targets: [Int] = []
  ) {
    self.name = name
    self.policy = policy
    self.reference = reference
    self.mask = mask
    self.targets = targets
  }

  /// A sample of one row.
  package init(_ name: String? = nil, policy: [Double], reference: [Double]) {
    self.init(name, policy: [policy], reference: [reference])
  }
}

extension ModelModes {
  /// Both models in eval mode without gradients: how a probe is measured.
  package static var evaluation: ModelModes {
    ModelModes(policy: .eval, policyGradients: false, reference: .eval, referenceGradients: false)
  }

  /// The policy trains, the reference stands still: how a training step is taken.
  package static var training: ModelModes {
    ModelModes(policy: .train, policyGradients: true, reference: .eval, referenceGradients: false)
  }
}
