internal import Divergence
package import RunLog

/// Compares the logits of both models of every record, on the thread that reads: the main thread only ever sees
/// results.
///
/// Sources of a run number their keys on their own, and one may begin anew while the others go on.
package struct RunComparer: Sendable {
  private var sources: [Int: SourceComparer] = [:]

  package init() {}

  /// Measures every distribution of a batch.
  package mutating func measure(_ batch: RecordBatch) -> ComparedBatch {
    sources[batch.source, default: SourceComparer()].measure(batch)
  }
}

/// Compares the logits of both models of every record of one source.
///
/// It remembers logits of the reference by (set, sample), those of unnamed rows by phase too: a run whose reference
/// does not change gives them once.
struct SourceComparer: Sendable {
  private var references = KnownReferences()
  /// Records of earlier batches.
  private var records = 0
  private var conventions = ConventionCollector()

  init() {}

  /// Measures every distribution of a batch.
  mutating func measure(_ batch: RecordBatch) -> ComparedBatch {
    var rest = batch
    rest.distributions = []
    conventions.note(batch.newKeys)
    var notices = batch.notices[...]
    var measurements: [Measurement] = []
    for distribution in batch.distributions {
      while let notice = notices.first, notice.position <= distribution.record {
        note(notice)
        notices.removeFirst()
      }
      if let measured = measure(distribution, of: batch) { measurements.append(measured) }
    }
    for notice in notices { note(notice) }
    records += batch.records.count
    var result = ComparedBatch(batch: rest, measurements: measurements)
    result.logsKL = conventions.logsKL
    return result
  }

  private mutating func note(_ notice: LogNotice) {
    switch notice.kind {
    case .startedOver:
      references = KnownReferences()
      conventions.startOver()
    case .restarted(let restart):
      references.restart(at: restart.toStep, record: records + notice.position - restart.records)
    default: break
    }
  }

  private mutating func measure(_ distribution: DistributionRecord, of batch: RecordBatch) -> Measurement? {
    var result = Measurement(
      record: distribution.record, set: distribution.set, samples: [], rowsWithoutReference: 0)
    switch distribution.content {
    case .logits(let logits): measure(logits, of: batch, into: &result)
    case .sampledTokens(let sampled): result.tokens = TokenEvidence(sampled)
    case .topEntries(let top): result.take(top)
    case .completion(let completion): result.completion = completion
    case .file: return nil
    }
    return result
  }

  private mutating func measure(_ logits: InlineLogits, of batch: RecordBatch, into result: inout Measurement)
  {
    let record = batch.records[result.record]
    let (set, step) = (result.set, record.step)
    var compared: [ComparedLogits] = []
    for sample in 0..<logits.samples {
      let name = logits.name(of: sample)
      let key = ReferenceKey(
        set: set, phase: record.phase, name: name, vocabulary: logits.vocabulary)
      let own = logits.referenceRows(of: sample)
      if let own { references.remember(own, of: key, step: step, record: records + result.record) }
      guard let rows = logits.policyRows(of: sample) else { continue }
      guard let reference = own ?? references.reference(of: key, at: step), reference.count == rows.count
      else {
        result.rowsWithoutReference += logits.positions
        continue
      }
      result.samples.append(
        Self.measure(logits, sample: sample, name: name, policy: rows, reference: reference))
      compared.append(
        ComparedLogits(sample: sample, policy: rows, reference: reference, hasOwnReference: own != nil))
    }
    let evidence = conventions.evidence(
      of: compared, logits, set: set, measured: result.samples, record: record, batch: batch)
    result.shift = evidence.shift
    result.logitsQuantities = evidence.quantities
  }

  private static func measure(
    _ logits: InlineLogits, sample: Int, name: SampleName, policy: [Double], reference: [Double]
  ) -> ComparedSample {
    var rows: [RowEvidence] = []
    var pictures: [TopProbabilities] = []
    let vocabulary = logits.vocabulary
    for position in 0..<logits.positions where logits.counts(sample: sample, position: position) {
      let range = position * vocabulary..<(position + 1) * vocabulary
      let policyRow = policy.span.extracting(range)
      let referenceRow = reference.span.extracting(range)
      let measured = RowDivergence.measure(policy: policyRow, reference: referenceRow)
      var row = RowEvidence(measured, position: position)
      if let target = logits.target(sample: sample, position: position), target < vocabulary {
        row.setTarget(
          target, policy: policyRow[target] - measured.policyLogMass,
          reference: referenceRow[target] - measured.referenceLogMass)
        row.policyMargin = Margin.of(target, among: policyRow.count) { policyRow[$0] }
      }
      rows.append(row)
      pictures.append(
        TopProbabilities(
          policy: softmax(policyRow), reference: softmax(referenceRow),
          target: logits.target(sample: sample, position: position),
          token: logits.token(sample: sample, position: position), labels: logits.labels))
    }
    return ComparedSample(name: name, rows: RowEvidenceList(rows), pictures: pictures)
  }
}

extension Measurement {
  /// Takes in the bounds of top-k lists, or says why they bound nothing.
  fileprivate mutating func take(_ top: TopEntries) {
    do throws(UnusableTop) {
      bounds = try BoundEvidence(top)
    } catch {
      unusable.append(error.reason)
    }
  }
}

extension InlineLogits {
  func name(of sample: Int) -> SampleName {
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

  func counts(sample: Int, position: Int) -> Bool {
    mask.isEmpty || mask[sample * positions + position]
  }

  func target(sample: Int, position: Int) -> Int? {
    guard !targets.isEmpty else { return nil }
    let target = targets[sample * positions + position]
    return target < 0 ? nil : target
  }

  func token(sample: Int, position: Int) -> String? {
    let index = tokens.count == positions ? position : sample * positions + position
    return tokens.indices.contains(index) ? tokens[index] : nil
  }
}
