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
    var sums = RowSums()
    for row in sample.rows { sums.add(row) }
    policyReference = sample.meanPolicyReference
    referencePolicy = sums.referencePolicy / Double(sums.rows)
    policyEntropy = Float(sums.policyEntropy / Double(sums.rows))
    referenceEntropy = Float(sums.referenceEntropy / Double(sums.rows))
    policyTargetLogProbability = Float(sums.policyTarget / Double(sums.targets))
    referenceTargetLogProbability = Float(sums.referenceTarget / Double(sums.targets))
    policyMargin = Float(sums.margin / Double(sums.margins))
    rows = UInt32(clamping: sums.rows)
    differingRows = UInt32(clamping: sums.differing)
    targets = UInt32(clamping: sums.targets)
    correct = UInt32(clamping: sums.correct)
    referenceCorrect = UInt32(clamping: sums.referenceCorrect)
    lost = UInt32(clamping: sums.lost)
    self.firstRow = UInt32(clamping: firstRow)
    inputs = sums.targets > 0 ? sums.inputs : 0
    guard sums.rows == 1, let row = sums.last else { return }
    policyTop = Int32(clamping: row.policyTop)
    referenceTop = Int32(clamping: row.referenceTop)
    target = Int32(clamping: row.target)
  }

  /// A sequence that was below its reference from the first evaluation on was forgotten by then.
  mutating func begins(step: Int) {
    if isSequence && isBelowReference { noteForgotten(1, step: step) }
  }

  /// The record as if nothing had been before.
  var alone: SampleRecord {
    var record = self
    (record.policyReferenceChange, record.referencePolicyChange) = (.nan, .nan)
    (record.flips, record.forgettingEvents) = (0, 0)
    (record.firstForgotten, record.isForgettingEvent, record.inputsSince) = (nil, false, nil)
    return record
  }

  /// Takes over what had happened to the sample before.
  ///
  /// - Parameters:
  ///   - before: its record at the evaluation before, whose likeliest classes are `topsBefore`.
  ///   - tops: the likeliest classes of this evaluation.
  mutating func continues(
    _ before: SampleRecord, topsBefore: ArraySlice<Int32>, tops: ArraySlice<Int32>, step: Int
  ) {
    // Other inputs under the same name are another sample: nothing continues.
    guard before.inputs == inputs || before.inputs == 0 || inputs == 0 else { return inputsSince = step }
    inputsSince = before.inputsSince
    policyReferenceChange = Float(policyReference - before.policyReference)
    referencePolicyChange = Float(referencePolicy - before.referencePolicy)
    (flips, forgettingEvents) = (before.flips, before.forgettingEvents)
    (firstForgotten, isForgettingEvent) = (before.firstForgotten, false)
    // Rows of another number are other rows.
    guard topsBefore.count == tops.count else { return }
    let differing = zip(topsBefore, tops).reduce(0) { $0 + ($1.0 == $1.1 ? 0 : 1) }
    flips += UInt32(clamping: differing)
    let isForgotten =
      isSequence
      ? isBelowReference && !before.isBelowReference
      : differing > 0 && target >= 0 && topsBefore.first == target
    if isForgotten { noteForgotten(1, step: step) }
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

/// What one sweep over the rows of a sample takes from them.
private struct RowSums {
  private(set) var rows = 0
  private(set) var referencePolicy = 0.0
  private(set) var policyEntropy = 0.0
  private(set) var referenceEntropy = 0.0
  // Of the rows that have a right class.
  private(set) var targets = 0
  private(set) var policyTarget = 0.0
  private(set) var referenceTarget = 0.0
  private(set) var correct = 0
  private(set) var referenceCorrect = 0
  private(set) var lost = 0
  // Of those whose margin is known.
  private(set) var margins = 0
  private(set) var margin = 0.0
  private(set) var differing = 0
  /// FNV-1a of what each row was asked.
  private(set) var inputs: UInt64 = 0xCBF2_9CE4_8422_2325
  private(set) var last: RowEvidence?

  mutating func add(_ row: RowEvidence) {
    rows += 1
    referencePolicy += row.referencePolicy
    policyEntropy += row.policyEntropy
    referenceEntropy += row.referenceEntropy
    if !row.sameTop1 { differing += 1 }
    mix(row.position)
    mix(row.target)
    last = row
    guard row.target >= 0 else { return }
    targets += 1
    policyTarget += row.policyTargetLogProbability
    referenceTarget += row.referenceTargetLogProbability
    if row.isCorrect { correct += 1 }
    if row.isReferenceCorrect { referenceCorrect += 1 }
    if row.isReferenceCorrect && !row.isCorrect { lost += 1 }
    guard !row.policyMargin.isNaN else { return }
    margins += 1
    margin += row.policyMargin
  }

  private mutating func mix(_ number: Int) {
    inputs = (inputs ^ UInt64(truncatingIfNeeded: number)) &* 0x100_0000_01B3
  }
}
