internal import Divergence
package import RunLog

/// Compares the logits of both models of every record, on the thread that reads: the main thread only ever sees
/// results.
///
/// It remembers logits of the reference by (set, sample): a run whose reference does not change gives them once.
package struct RunMeasurer: Sendable {
  private var references = KnownReferences()

  package init() {}

  /// Measures every distribution of a batch.
  package mutating func measure(_ batch: RecordBatch) -> MeasuredBatch {
    var rest = batch
    rest.distributions = []
    var restarts = batch.notices.filter(\.startsOver).map(\.position)[...]
    var measurements: [Measurement] = []
    for distribution in batch.distributions {
      guard case .logits(let logits) = distribution.content else { continue }
      while let position = restarts.first, position <= distribution.record {
        references = KnownReferences()
        restarts.removeFirst()
      }
      let step = batch.records[distribution.record].step
      measurements.append(
        measure(logits, record: distribution.record, set: distribution.set, step: step))
    }
    if !restarts.isEmpty { references = KnownReferences() }
    return MeasuredBatch(batch: rest, measurements: measurements)
  }

  private mutating func measure(
    _ logits: InlineLogits, record: Int, set: String?, step: Int
  ) -> Measurement {
    var result = Measurement(record: record, set: set, samples: [], rowsWithoutReference: 0)
    for sample in 0..<logits.samples {
      let name = logits.name(of: sample)
      let key = ReferenceKey(set: set, name: name, vocabulary: logits.vocabulary)
      let own = logits.referenceRows(of: sample)
      if let own { references.remember(own, of: key, step: step) }
      guard let rows = logits.policyRows(of: sample) else { continue }
      guard let reference = own ?? references.reference(of: key, at: step), reference.count == rows.count
      else {
        result.rowsWithoutReference += logits.positions
        continue
      }
      result.samples.append(
        Self.measure(logits, sample: sample, name: name, policy: rows, reference: reference))
    }
    return result
  }

  private static func measure(
    _ logits: InlineLogits, sample: Int, name: SampleName, policy: [Double], reference: [Double]
  ) -> MeasuredSample {
    var result = MeasuredSample(name: name, rows: [], pictures: [])
    let vocabulary = logits.vocabulary
    for position in 0..<logits.positions where logits.counts(sample: sample, position: position) {
      let range = position * vocabulary..<(position + 1) * vocabulary
      let policyRow = policy.span.extracting(range)
      let referenceRow = reference.span.extracting(range)
      result.rows.append(
        MeasuredRow(RowDivergence.measure(policy: policyRow, reference: referenceRow), position: position))
      result.pictures.append(
        RowPicture(
          policy: softmax(policyRow), reference: softmax(referenceRow),
          target: logits.target(sample: sample, position: position),
          token: logits.token(sample: sample, position: position), labels: logits.labels))
    }
    return result
  }
}

extension LogNotice {
  /// True where the source is read again from its start.
  var startsOver: Bool {
    if case .startedOver = kind { true } else { false }
  }
}

extension InlineLogits {
  fileprivate func name(of sample: Int) -> SampleName {
    names.indices.contains(sample) ? .named(names[sample]) : .row(sample)
  }

  /// T × V logits of the policy, `nil` where the record has only the reference's.
  fileprivate func policyRows(of sample: Int) -> [Double]? {
    policy.isEmpty && vocabulary > 0 ? nil : Array(policy[elements(of: sample)])
  }

  fileprivate func referenceRows(of sample: Int) -> [Double]? {
    reference.map { Array($0[elements(of: sample)]) }
  }

  private func elements(of sample: Int) -> Range<Int> {
    let count = positions * vocabulary
    return sample * count..<(sample + 1) * count
  }

  fileprivate func counts(sample: Int, position: Int) -> Bool {
    mask.isEmpty || mask[sample * positions + position]
  }

  fileprivate func target(sample: Int, position: Int) -> Int? {
    guard !targets.isEmpty else { return nil }
    let target = targets[sample * positions + position]
    return target < 0 ? nil : target
  }

  fileprivate func token(sample: Int, position: Int) -> String? {
    let index = tokens.count == positions ? position : sample * positions + position
    return tokens.indices.contains(index) ? tokens[index] : nil
  }
}
