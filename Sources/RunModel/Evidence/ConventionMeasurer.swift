internal import RunLog

/// Logits of both models of one sample, T × V each.
struct ComparedLogits {
  /// Index of the sample in its record.
  var sample: Int
  var policy: [Double]
  var reference: [Double]
}

/// Takes from logits, before they are dropped, what the audit of a logged KL needs.
///
/// Other temperatures and misuses of `kl_div` cost far more than the divergence itself: they are measured only where
/// the record's own KL is none of the usual conventions, or where a KL is logged apart from logits, and never more
/// than a second or two in all.
struct ConventionMeasurer: Sendable {
  /// What each interned key of the source means.
  private var roles: [MetricRole?] = []
  private var firstReferences = FirstReferences()
  /// Exponentials that may still be taken.
  private var budget = 150_000_000

  /// True once some key is a KL against the reference.
  var logsKL: Bool { roles.contains { $0?.isKL == true } }

  mutating func note(_ newKeys: [String]) { roles += newKeys.map { MetricRole(key: $0) } }

  mutating func startOver() { firstReferences = FirstReferences() }

  /// How far the reference moved for the samples that bring logits of their own; `nil` where they bring none.
  mutating func shift(of logits: InlineLogits, set: String?, phase: Phase) -> ReferenceShift? {
    guard let reference = logits.reference else { return nil }
    return firstReferences.shift(
      of: (0..<logits.samples).map { sample in
        let count = min(logits.positions, FirstReferences.mostPositions)
        let rows = sample * logits.positions..<sample * logits.positions + count
        return ReferenceSample(
          key: ReferenceKey(
            set: set, phase: phase, name: logits.name(of: sample), vocabulary: logits.vocabulary),
          logits: Array(reference[rows.lowerBound * logits.vocabulary..<rows.upperBound * logits.vocabulary]),
          targets: logits.targets.isEmpty ? [] : Array(logits.targets[rows]),
          tokens: rows.compactMap { logits.token(sample: sample, position: $0 - rows.lowerBound) },
          mask: logits.mask.isEmpty ? [] : Array(logits.mask[rows]))
      })
  }

  /// What misuses of `kl_div` and other temperatures give; `nil` where nothing suggests one.
  mutating func misuse(
    of compared: [ComparedLogits], _ logits: InlineLogits, measured: [MeasuredSample], record: Record,
    batch: RecordBatch
  ) -> MisuseSums? {
    guard !compared.isEmpty, isNeeded(record, batch: batch, measured: measured) else { return nil }
    let (cost, overflow) = compared.reduce(0) { $0 + $1.policy.count }
      .multipliedReportingOverflow(by: MisuseSums.costOfEntry)
    guard !overflow, cost <= budget else { return nil }
    budget -= cost
    var sums = MisuseSums()
    for sample in compared { add(sample, logits, to: &sums) }
    return sums
  }

  private func add(_ compared: ComparedLogits, _ logits: InlineLogits, to sums: inout MisuseSums) {
    for position in 0..<logits.positions where logits.counts(sample: compared.sample, position: position) {
      let range = position * logits.vocabulary..<(position + 1) * logits.vocabulary
      sums.add(
        policy: compared.policy.span.extracting(range), reference: compared.reference.span.extracting(range),
        target: logits.target(sample: compared.sample, position: position))
    }
  }

  private func isNeeded(_ record: Record, batch: RecordBatch, measured: [MeasuredSample]) -> Bool {
    let logged = record.numbers.filter { role($0, batch)?.isKL == true }.map { batch.numbers[$0] }
    guard !logged.isEmpty else {
      let role: MetricRole = record.phase == .eval ? .evaluationKL : .kl
      return roles.contains(role)
    }
    let sums = ConventionSums(measured)
    return logged.contains { value in
      !ConventionCandidate.plain.contains { $0.fits(value, sums, Tolerance.usual) }
    }
  }

  private func role(_ number: Int, _ batch: RecordBatch) -> MetricRole? {
    let key = Int(batch.numberKeys[number])
    return roles.indices.contains(key) ? roles[key] : nil
  }
}
