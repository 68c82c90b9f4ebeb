internal import RunLog

/// Logits of both models of one sample, T × V each.
struct ComparedLogits {
  /// Index of the sample in its record.
  var sample: Int
  var policy: [Double]
  var reference: [Double]
  /// The reference's stand in the record itself.
  var hasOwnReference: Bool
}

/// Takes from logits, before they are dropped, what the audit of a logged KL needs.
///
/// Other quantities cost far more than the divergence itself: they are measured only where the record's own KL is none
/// of the usual conventions, or where a KL is logged apart from logits, and never more than a second or two in all.
struct ConventionCollector: Sendable {
  /// What each interned key of the source means.
  private var roles: [MetricRole?] = []
  private var earlier = EarlierModels()
  /// Exponentials that may still be taken.
  private var budget = 150_000_000

  /// True once some key is a KL against the reference.
  var logsKL: Bool { roles.contains { $0?.isKL == true } }

  mutating func note(_ newKeys: [String]) { roles += newKeys.map { MetricRole(key: $0) } }

  mutating func startOver() { earlier = EarlierModels() }

  /// What a record's logits tell beyond their divergence.
  struct Evidence {
    /// How far the reference moved; `nil` where the samples bring no logits of it.
    var shift: ReferenceShift?
    /// What other quantities come to; `nil` where nothing suggests one.
    var quantities: LogitsQuantities?
  }

  /// - Parameters:
  ///   - compared: the samples that have logits of both models.
  ///   - measured: the same, measured.
  mutating func evidence(
    of compared: [ComparedLogits], _ logits: InlineLogits, set: String?, measured: [ComparedSample],
    record: Record, batch: RecordBatch
  ) -> Evidence {
    var evidence = Evidence()
    let samples = compared.map { comparable($0, logits, set: set, phase: record.phase) }
    let news = earlier.compare(samples)
    if compared.contains(where: \.hasOwnReference) { evidence.shift = news.shift }
    guard !compared.isEmpty, let sums = neededSums(record, batch: batch, measured: measured) else {
      return evidence
    }
    var block = block(of: compared, logits)
    let previous = news.previousPolicies.compactMap(\.self)
    if previous.count == compared.count { block.previousPolicy = previous.flatMap(\.self) }
    evidence.quantities = quantities(of: block, logged: loggedKLs(record, batch), sums)
    return evidence
  }

  private func comparable(
    _ compared: ComparedLogits, _ logits: InlineLogits, set: String?, phase: Phase
  ) -> ComparableSample {
    let sample = compared.sample
    let rows = sample * logits.positions..<(sample + 1) * logits.positions
    return ComparableSample(
      key: ReferenceKey(
        set: set, phase: phase, name: logits.name(of: sample), vocabulary: logits.vocabulary),
      reference: compared.reference, policy: compared.policy,
      targets: logits.targets.isEmpty ? [] : Array(logits.targets[rows]),
      tokens: rows.compactMap { logits.token(sample: sample, position: $0 - rows.lowerBound) },
      mask: logits.mask.isEmpty ? [] : Array(logits.mask[rows]))
  }

  private func block(of compared: [ComparedLogits], _ logits: InlineLogits) -> LogitsBlock {
    var block = LogitsBlock(
      samples: compared.count, positions: logits.positions, vocabulary: logits.vocabulary,
      policy: compared.flatMap(\.policy), reference: compared.flatMap(\.reference), mask: [], targets: [])
    for sample in compared.map(\.sample) {
      for position in 0..<logits.positions {
        block.mask.append(logits.counts(sample: sample, position: position))
        if !logits.targets.isEmpty {
          block.targets.append(logits.target(sample: sample, position: position) ?? -1)
        }
      }
    }
    block.grain = LogitsGrain(of: block.policy)
    return block
  }

  /// The cheap quantities, and the costly ones where none of those explains the record.
  private mutating func quantities(
    of block: LogitsBlock, logged: [Double], _ sums: ConventionSums
  ) -> LogitsQuantities? {
    let cheap = LogitsQuantities.cost(of: block, costly: false)
    guard cheap <= budget else { return nil }
    budget -= cheap
    let result = LogitsQuantities(block, costly: false)
    var known = sums
    known.take(result)
    let isExplained =
      !logged.isEmpty
      && logged.allSatisfy { value in
        ConventionCandidate.all.contains { $0.cost < 2 && $0.fits(value, known, Tolerance.tight) }
      }
    let costly = LogitsQuantities.cost(of: block, costly: true)
    if isExplained || costly > budget { return result }
    budget -= costly
    return LogitsQuantities(block, costly: true)
  }

  private func loggedKLs(_ record: Record, _ batch: RecordBatch) -> [Double] {
    record.numbers.filter { role($0, batch)?.isKL == true }.map { batch.numbers[$0] }
  }

  /// The sums of measured rows where they do not explain a KL; `nil` where they do, or where there is none.
  private func neededSums(_ record: Record, batch: RecordBatch, measured: [ComparedSample]) -> ConventionSums?
  {
    let logged = loggedKLs(record, batch)
    let sums = ConventionSums(measured)
    guard !logged.isEmpty else {
      let role: MetricRole = record.phase == .eval ? .evaluationKL : .kl
      return roles.contains(role) ? sums : nil
    }
    let isNeeded = logged.contains { value in
      !ConventionCandidate.plain.contains { $0.fits(value, sums, Tolerance.usual) }
    }
    return isNeeded ? sums : nil
  }

  private func role(_ number: Int, _ batch: RecordBatch) -> MetricRole? {
    let key = Int(batch.numberKeys[number])
    return roles.indices.contains(key) ? roles[key] : nil
  }
}
