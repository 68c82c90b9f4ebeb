internal import RealModule

/// What one evaluation found on one sample, and what had happened to the sample until then.
///
/// A sample is one row or the counted tokens of a sequence; what is counted is counted over its rows.
package struct SampleRecord: Sendable, Hashable {
  /// Mean of D(π_θ‖π_θ0) over the rows, nats; NaN without rows.
  package var policyReference: Double
  /// Mean of D(π_θ0‖π_θ) over the rows, nats; NaN without rows.
  package var referencePolicy: Double
  /// Differences of both to the sample's evaluation before; NaN at its first one.
  package var policyReferenceChange = Float.nan
  package var referencePolicyChange = Float.nan
  /// Mean entropy of each model over the rows, nats.
  package var policyEntropy: Float
  package var referenceEntropy: Float
  /// Mean log-probability of the right class under each model, nats, over the rows that have one; NaN where none has.
  package var policyTargetLogProbability: Float
  package var referenceTargetLogProbability: Float

  /// Likeliest class of each model and the right one where the sample is one row; −1 otherwise and where there is none.
  package var policyTop: Int32 = -1
  package var referenceTop: Int32 = -1
  package var target: Int32 = -1

  package var rows: UInt32
  /// Rows whose likeliest class differs between the models.
  package var differingRows: UInt32 = 0
  /// Rows that have a right class, and those of them where it is the policy's likeliest.
  package var targets: UInt32 = 0
  package var correct: UInt32 = 0

  /// How often the policy's likeliest class changed from one evaluation of the sample to its next so far.
  package var flips: UInt32 = 0
  /// Forgetting events so far: right at one evaluation of the sample and wrong at its next (Toneva et al., 2019).
  package var forgettingEvents: UInt32 = 0
  /// Step of the first of them; `nil` while there is none.
  package var firstForgotten: Int?
  /// True where this evaluation is one of them.
  package var isForgettingEvent = false

  /// Place of its first row among the likeliest classes that its evaluation keeps.
  var firstRow: UInt32 = 0
}

extension SampleRecord {
  /// Probability of the right class, of a sequence the geometric mean over its tokens: one over the perplexity; 0…1,
  /// NaN where there is no right class.
  package var policyTargetProbability: Double { Double.exp(Double(policyTargetLogProbability)) }
  package var referenceTargetProbability: Double { Double.exp(Double(referenceTargetLogProbability)) }

  /// The sample alone, as if nothing had been before.
  init(_ sample: MeasuredSample, firstRow: Int) {
    let rows = sample.rows
    let targets = rows.filter { $0.target >= 0 }
    policyReference = sample.meanPolicyReference
    referencePolicy = Self.mean(rows, { $0.referencePolicy })
    policyEntropy = Float(Self.mean(rows, { $0.policyEntropy }))
    referenceEntropy = Float(Self.mean(rows, { $0.referenceEntropy }))
    policyTargetLogProbability = Float(Self.mean(targets, { $0.policyTargetLogProbability }))
    referenceTargetLogProbability = Float(Self.mean(targets, { $0.referenceTargetLogProbability }))
    self.rows = UInt32(clamping: rows.count)
    differingRows = UInt32(clamping: rows.count { !$0.sameTop1 })
    self.targets = UInt32(clamping: targets.count)
    correct = UInt32(clamping: targets.count { $0.isCorrect })
    self.firstRow = UInt32(clamping: firstRow)
    guard rows.count == 1 else { return }
    policyTop = Int32(clamping: rows[0].policyTop)
    referenceTop = Int32(clamping: rows[0].referenceTop)
    target = Int32(clamping: rows[0].target)
  }

  private static func mean(_ rows: [MeasuredRow], _ value: (MeasuredRow) -> Double) -> Double {
    rows.reduce(0) { $0 + value($1) } / Double(rows.count)
  }

  /// Takes over what had happened to the sample before.
  ///
  /// - Parameters:
  ///   - before: its record at the evaluation before, whose likeliest classes are `topsBefore`.
  ///   - rows: the rows of this evaluation.
  mutating func continues(
    _ before: SampleRecord, topsBefore: ArraySlice<Int32>, rows: [MeasuredRow], step: Int
  ) {
    policyReferenceChange = Float(policyReference - before.policyReference)
    referencePolicyChange = Float(referencePolicy - before.referencePolicy)
    (flips, forgettingEvents) = (before.flips, before.forgettingEvents)
    firstForgotten = before.firstForgotten
    // Rows of another number are other rows.
    guard topsBefore.count == rows.count else { return }
    var forgotten: UInt32 = 0
    for (top, row) in zip(topsBefore, rows) where Int(top) != row.policyTop {
      flips += 1
      if row.target >= 0, Int(top) == row.target { forgotten += 1 }
    }
    guard forgotten > 0 else { return }
    isForgettingEvent = true
    forgettingEvents += forgotten
    firstForgotten = firstForgotten ?? step
  }
}
