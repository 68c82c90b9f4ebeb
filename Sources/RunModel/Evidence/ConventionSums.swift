/// Sums over the rows of a record, or of several, from which its KL follows under every convention.
package struct ConventionSums: Sendable {
  /// Rows that the masks leave, B·T without masks.
  package private(set) var rows = 0
  /// B.
  private(set) var samples = 0
  /// V; 0 where it is not known or not the same everywhere.
  private(set) var vocabulary = 0
  /// True where samples have several token positions.
  private(set) var isSequence = false

  // Sums over the rows, nats.
  private(set) var policyReference = 0.0
  private(set) var referencePolicy = 0.0
  /// Of rows held at ±10.
  private(set) var clampedPolicyReference = 0.0
  private(set) var clampedReferencePolicy = 0.0

  /// Sampled tokens of the same records.
  package var tokens: MeasuredTokens?
  /// What only the logits themselves tell; `nil` where it was not needed.
  package var misuse: MisuseSums?

  package init() {}

  /// Sums of measured samples, whose pictures tell the vocabulary.
  init(_ measured: [MeasuredSample]) {
    self.init(measured, vocabulary: measured.lazy.compactMap { $0.pictures.first?.vocabulary }.first ?? 0)
  }

  /// Sums of measured samples of V entries.
  init(_ measured: [MeasuredSample], vocabulary: Int) {
    samples = measured.count
    self.vocabulary = vocabulary
    for sample in measured {
      rows += sample.rows.count
      for row in sample.rows {
        if row.position > 0 { isSequence = true }
        policyReference += row.policyReference
        referencePolicy += row.referencePolicy
        clampedPolicyReference += row.policyReference.clamped(to: ClampedTokenSums.bound)
        clampedReferencePolicy += row.referencePolicy.clamped(to: ClampedTokenSums.bound)
      }
    }
  }

  /// Mean of D(π_θ‖π_θ0) over the rows, nats; `nil` without logits.
  package var meanPolicyReference: Double? { rows > 0 ? policyReference / Double(rows) : nil }

  /// Sampled tokens, or else the targets of the rows.
  var estimates: MeasuredTokens? { tokens ?? misuse?.targets }

  /// Takes in another record.
  package mutating func merge(_ other: ConventionSums) {
    // What was not measured for both is not known of both.
    misuse = rows == 0 ? other.misuse : other.rows == 0 ? misuse : MisuseSums.sum(misuse, other.misuse)
    vocabulary =
      rows == 0 || vocabulary == other.vocabulary ? other.vocabulary : other.rows == 0 ? vocabulary : 0
    rows += other.rows
    samples += other.samples
    isSequence = isSequence || other.isSequence
    policyReference += other.policyReference
    referencePolicy += other.referencePolicy
    clampedPolicyReference += other.clampedPolicyReference
    clampedReferencePolicy += other.clampedReferencePolicy
    if let more = other.tokens {
      var all = tokens ?? MeasuredTokens(sample: nil, sampledFrom: nil)
      all.merge(more)
      tokens = all
    }
  }
}
