internal import RealModule

/// Sums over the rows of a record, or of several, from which its KL follows under every convention.
package struct ConventionSums: Sendable {
  /// Rows that the masks leave, B·T without masks.
  package private(set) var rows = 0
  /// B.
  package private(set) var samples = 0
  /// V; 0 where it is not known or not the same everywhere.
  private(set) var vocabulary = 0
  /// Token positions up to the last one that counts.
  package private(set) var positions = 0
  /// True where samples have several token positions.
  private(set) var isSequence = false
  /// What the rows come to.
  package private(set) var quantities = QuantitySums()
  /// The same with the logits moved within what the type they are stored in rounds off; empty where that is nothing.
  private(set) var rounded: [QuantitySums] = []
  /// True where some entry is −∞ in both models: exact conventions give it no weight, torch gives NaN.
  package private(set) var torchGivesNaN = false
  /// True where a row's models mask different entries.
  package private(set) var masksDiffer = false
  /// Means of each record that was merged: Σ of D(π_θ‖π_θ0) and how many.
  private var recordMeans = (sum: 0.0, count: 0)

  /// Sampled tokens of the same records.
  package var tokens: TokenEvidence?

  package init() {}

  /// Sums of measured samples, whose pictures tell the vocabulary.
  init(_ measured: [ComparedSample]) {
    self.init(measured, vocabulary: measured.lazy.compactMap { $0.pictures.first?.vocabulary }.first ?? 0)
  }

  /// Sums of measured samples of V entries.
  init(_ measured: [ComparedSample], vocabulary: Int) {
    samples = measured.count
    self.vocabulary = vocabulary
    for sample in measured {
      rows += sample.rows.count
      let count = sample.rows.count
      var columns = [Double](repeating: 0, count: RowQuantity.measuredCount * count)
      for place in 0..<count {
        let row = sample.rows.withoutMargin(place)
        if row.position > 0 { isSequence = true }
        positions = max(positions, row.position + 1)
        if row.masksDiffer { masksDiffer = true }
        for (index, value) in row.quantities.enumerated() { columns[index * count + place] = value }
      }
      quantities.add(wholeSequence: columns, rows: count)
    }
    noteMean()
  }

  private mutating func noteMean() {
    if let mean = meanPolicyReference { recordMeans = (mean, 1) }
  }

  /// Takes what the logits themselves tell instead of what measured rows do.
  mutating func take(_ logits: LogitsQuantities) {
    guard rows > 0 else { return }
    quantities = logits.sums
    rounded = logits.rounded
    torchGivesNaN = logits.torchGivesNaN
    noteMean()
  }

  /// Mean of D(π_θ‖π_θ0) over the rows, nats; `nil` without logits.
  package var meanPolicyReference: Double? {
    quantities.cell(.policyReference, .counted).map { $0.total / Double($0.rows) }
      // A row that is no number is known to be none.
      ?? (rows > 0 && quantities.counted.first?.rows ?? 0 > 0 ? .nan : nil)
  }

  /// Standard error of that mean, clustered by sequence; `nil` for fewer than two.
  package var clusteredError: Double? {
    quantities.cell(.policyReference, .counted)?.clusteredError
  }

  /// Mean of the means of the batches that were taken together; `nil` for a single one, and for lines of one sequence.
  var meanOfRecords: Double? {
    recordMeans.count > 1 && samples > recordMeans.count ? recordMeans.sum / Double(recordMeans.count) : nil
  }

  /// These sums with their logits moved within what their type rounds off, some times.
  package var moved: [ConventionSums] {
    rounded.map { quantities in
      var sums = self
      sums.quantities = quantities
      return sums
    }
  }

  /// True where logits are stored in a type that rounds them.
  package var isRounded: Bool { !rounded.isEmpty }

  /// True where the logits themselves were looked at, not only their rows.
  package var knowsLogits: Bool { quantities.knowsLogits }

  /// Takes in another record.
  package mutating func merge(_ other: ConventionSums) {
    vocabulary =
      rows == 0 || vocabulary == other.vocabulary ? other.vocabulary : other.rows == 0 ? vocabulary : 0
    if rows == 0 {
      rounded = other.rounded
    } else if other.rows > 0 {
      rounded = QuantitySums.merged(rounded, other.rounded)
    }
    quantities.merge(other.quantities)
    torchGivesNaN = torchGivesNaN || other.torchGivesNaN
    masksDiffer = masksDiffer || other.masksDiffer
    rows += other.rows
    samples += other.samples
    isSequence = isSequence || other.isSequence
    positions = max(positions, other.positions)
    recordMeans.sum += other.recordMeans.sum
    recordMeans.count += other.recordMeans.count
    if let more = other.tokens {
      var all = tokens ?? TokenEvidence(sample: nil, sampledFrom: nil)
      all.merge(more)
      tokens = all
    }
  }
}

extension RowEvidence {
  /// What a measured row tells of `RowQuantity.all`, in their order.
  var quantities: [Double] {
    let ratio = referenceTargetLogProbability - policyTargetLogProbability
    return [
      policyReference, referencePolicy, policyEntropy + policyReference, referenceEntropy + referencePolicy,
      -policyTargetLogProbability, policyEntropy, -ratio, ratio * ratio / 2,
      Double.expMinusOne(ratio) - ratio,
      policyReference.clamped(to: ClampedTokenSums.bound),
      referencePolicy.clamped(to: ClampedTokenSums.bound),
    ]
  }
}
