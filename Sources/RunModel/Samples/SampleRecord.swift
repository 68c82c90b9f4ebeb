internal import RealModule

/// What one evaluation found on one sample, and what had happened to the sample until then.
///
/// A sample is one row or the counted tokens of a sequence; what is counted is counted over its rows. A history holds
/// millions of these, so its many numbers lie side by side here, as small as they may be.
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

  /// Mean margin of the right class under the policy, nats, over the rows where it is known; NaN where it is of none.
  package var policyMargin = Float.nan

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
  /// Rows where it is the reference's likeliest.
  package var referenceCorrect: UInt32 = 0
  /// Rows where it is the reference's likeliest and not the policy's.
  package var lost: UInt32 = 0

  /// How often the policy's likeliest class changed from one evaluation of the sample to its next so far.
  package var flips: UInt32 = 0
  /// Forgetting events so far: of a single row right at one evaluation and wrong at its next (Toneva et al., 2019), of
  /// a sequence the evaluations at which its share of right tokens first lay clearly below the reference's.
  package var forgettingEvents: UInt32 = 0
  /// Step of the first of them; `nil` while there is none.
  package var firstForgotten: Int?
  /// True where this evaluation is one of them.
  package var isForgettingEvent = false

  /// True for a sequence of the set that the model is tuned for: nothing is forgotten there.
  package private(set) var isOfNewTask = false

  /// Step since which other inputs stand under its name, which begin a history of their own; `nil` while they are those
  /// of the first evaluation.
  package var inputsSince: Int?

  /// What tells the inputs of two evaluations apart: the targets and positions of its rows, hashed; 0 without targets.
  var inputs: UInt64 = 0

  /// Place of its first row among the likeliest classes that its evaluation keeps.
  var firstRow: UInt32 = 0
}

extension SampleRecord {
  /// Probability of the right class, of a sequence the geometric mean over its tokens: one over the perplexity; 0…1,
  /// NaN where there is no right class.
  package var policyTargetProbability: Double { Double.exp(Double(policyTargetLogProbability)) }
  package var referenceTargetProbability: Double { Double.exp(Double(referenceTargetLogProbability)) }

  /// The sample alone, as if nothing had been before.
  init(_ sample: ComparedSample, firstRow: Int) {
    let rows = Array(sample.rows)
    let targets = rows.filter { $0.target >= 0 }
    policyReference = sample.meanPolicyReference
    referencePolicy = Self.mean(rows, { $0.referencePolicy })
    policyEntropy = Float(Self.mean(rows, { $0.policyEntropy }))
    referenceEntropy = Float(Self.mean(rows, { $0.referenceEntropy }))
    policyTargetLogProbability = Float(Self.mean(targets, { $0.policyTargetLogProbability }))
    referenceTargetLogProbability = Float(Self.mean(targets, { $0.referenceTargetLogProbability }))
    policyMargin = Float(Self.mean(targets.filter { !$0.policyMargin.isNaN }, { $0.policyMargin }))
    self.rows = UInt32(clamping: rows.count)
    differingRows = UInt32(clamping: rows.count { !$0.sameTop1 })
    self.targets = UInt32(clamping: targets.count)
    correct = UInt32(clamping: targets.count { $0.isCorrect })
    referenceCorrect = UInt32(clamping: targets.count { $0.isReferenceCorrect })
    lost = UInt32(clamping: targets.count { $0.isReferenceCorrect && !$0.isCorrect })
    self.firstRow = UInt32(clamping: firstRow)
    inputs = Self.inputs(of: rows)
    guard rows.count == 1 else { return }
    policyTop = Int32(clamping: rows[0].policyTop)
    referenceTop = Int32(clamping: rows[0].referenceTop)
    target = Int32(clamping: rows[0].target)
  }

  /// FNV-1a of what each row was asked.
  private static func inputs(of rows: [RowEvidence]) -> UInt64 {
    guard rows.contains(where: { $0.target >= 0 }) else { return 0 }
    return rows.reduce(0xCBF2_9CE4_8422_2325) { hash, row in
      [row.position, row.target].reduce(hash) {
        ($0 ^ UInt64(truncatingIfNeeded: $1)) &* 0x100_0000_01B3
      }
    }
  }

  private static func mean(_ rows: some Collection<RowEvidence>, _ value: (RowEvidence) -> Double) -> Double {
    rows.reduce(0) { $0 + value($1) } / Double(rows.count)
  }

  /// A sequence that was below its reference from the first evaluation on was forgotten by then.
  mutating func begins(step: Int) {
    if isSequence && isBelowReference { noteForgotten(1, step: step) }
  }

  /// Takes over what had happened to the sample before.
  ///
  /// - Parameters:
  ///   - before: its record at the evaluation before, whose likeliest classes are `topsBefore`.
  ///   - rows: the rows of this evaluation.
  mutating func continues(
    _ before: SampleRecord, topsBefore: ArraySlice<Int32>, rows: RowEvidenceList, step: Int
  ) {
    // Other inputs under the same name are another sample: nothing continues.
    guard before.inputs == inputs || before.inputs == 0 || inputs == 0 else { return inputsSince = step }
    inputsSince = before.inputsSince
    policyReferenceChange = Float(policyReference - before.policyReference)
    referencePolicyChange = Float(referencePolicy - before.referencePolicy)
    (flips, forgettingEvents) = (before.flips, before.forgettingEvents)
    (firstForgotten, isForgettingEvent) = (before.firstForgotten, false)
    // Rows of another number are other rows.
    guard topsBefore.count == rows.count else { return }
    var forgotten: UInt32 = 0
    for (top, row) in zip(topsBefore, rows) where Int(top) != row.policyTop {
      flips += 1
      if row.target >= 0, Int(top) == row.target { forgotten += 1 }
    }
    if isSequence { forgotten = isBelowReference && !before.isBelowReference ? 1 : 0 }
    guard forgotten > 0 else { return }
    noteForgotten(forgotten, step: step)
  }

  /// Says that its set is the new task, and takes back every forgetting event.
  mutating func belongsToNewTask() {
    isOfNewTask = true
    (forgettingEvents, firstForgotten, isForgettingEvent) = (0, nil, false)
  }

  private mutating func noteForgotten(_ events: UInt32, step: Int) {
    isForgettingEvent = true
    forgettingEvents += events
    firstForgotten = firstForgotten ?? step
  }

  /// True for an answer that is wrong, or that has a margin below 2 nats; of a sequence by the mean of its margins.
  package var isNearFlipping: Bool {
    isSequence ? Double(policyMargin) < Margin.near : correct < targets || Double(policyMargin) < Margin.near
  }

  /// Tells a sequence from a single row, whose history is that of its class.
  package var isSequence: Bool { rows > 1 }

  /// Share of the tokens with a target on which each model's likeliest token is the target, 0…1; NaN without targets.
  package var tokenAccuracy: Double { Double(correct) / Double(targets) }
  package var referenceTokenAccuracy: Double { Double(referenceCorrect) / Double(targets) }

  /// True where the share of right tokens lies below the reference's by at least five points and by more than twice
  /// the standard error of that difference over the same tokens: √(b + c − (b − c)²/n)/n, with b tokens that only the
  /// reference has right, and c that only the policy has.
  package var isBelowReference: Bool {
    guard targets > 0 else { return false }
    let count = Double(targets)
    let (b, c) = (Double(lost), Double(correct) + Double(lost) - Double(referenceCorrect))
    let drop = (b - c) / count
    let error = max(0, b + c - (b - c) * (b - c) / count).squareRoot() / count
    return drop >= Self.leastDrop && drop > 2 * error
  }

  private static let leastDrop = 0.05
}
