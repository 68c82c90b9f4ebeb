package import Divergence

/// What the rows of a step that count say together. A statistic of a row that is new is counted and divided here.
package struct StepRows: Sendable {
  /// Counted rows, NaN rows among them.
  package private(set) var rows = 0
  package private(set) var nanRows = 0
  /// D(π_θ‖π_θ0) over all counted rows, nats.
  package private(set) var policyReference = RowStatistics.none
  /// D(π_θ0‖π_θ) over all counted rows, nats.
  package private(set) var referencePolicy = RowStatistics.none
  /// Mean entropy of each model over the rows, nats.
  package private(set) var policyEntropy = Double.nan
  package private(set) var referenceEntropy = Double.nan
  /// Fraction of rows whose likeliest entry is the same in both models, 0…1.
  package private(set) var sameTop1 = Double.nan
  /// Rows with an entry at −∞ in exactly one of the models.
  package private(set) var maskedDifferently = 0
  /// Rows whose divergence is no finite number although both models mask the same entries.
  package private(set) var nonfinite = NonfiniteRows()
  /// How well both models predict the tokens; nil where no rows file tells.
  package private(set) var scores: TokenScores?

  init() {}

  init(_ counted: CountedRows) {
    rows = counted.count
    nanRows = counted.nan
    policyReference = RowStatistics(counted.policyReference.span, samples: counted.samples.span)
    referencePolicy = RowStatistics(counted.referencePolicy.span, samples: counted.samples.span)
    let count = Double(rows)
    policyEntropy = counted.policyEntropy / count
    referenceEntropy = counted.referenceEntropy / count
    sameTop1 = Double(counted.sameTop1) / count
    maskedDifferently = counted.maskedDifferently
    nonfinite = counted.nonfinite
    scores = counted.hasRowsOfFiles && counted.scores.targets > 0 ? counted.scores : nil
  }
}

/// What one sweep over the rows of a step takes from them.
struct CountedRows {
  var policyReference: [Double] = []
  var referencePolicy: [Double] = []
  /// The sample of each row.
  var samples: [Int] = []
  var nan = 0
  // Sums over the rows, nats.
  var policyEntropy = 0.0
  var referenceEntropy = 0.0
  var sameTop1 = 0
  var maskedDifferently = 0
  var nonfinite = NonfiniteRows()
  var scores = TokenScores()
  /// A rows file tells of some of them.
  var hasRowsOfFiles = false

  var count: Int { samples.count }

  mutating func add(_ row: RowEvidence, sample: Int) {
    policyReference.append(row.policyReference)
    referencePolicy.append(row.referencePolicy)
    samples.append(sample)
    if row.policyReference.isNaN || row.referencePolicy.isNaN { nan += 1 }
    policyEntropy += row.policyEntropy
    referenceEntropy += row.referenceEntropy
    if row.sameTop1 { sameTop1 += 1 }
    if row.masksDiffer { maskedDifferently += 1 }
    nonfinite.add(row)
    scores.add(row)
  }
}

/// How well both models predict the tokens that came.
package struct TokenScores: Sendable, Hashable {
  /// Rows with a target.
  package private(set) var targets = 0
  private var correct = 0
  private var referenceCorrect = 0
  // Sums over those rows, nats.
  private var negativeLogLikelihoodSum = 0.0
  private var referenceNegativeLogLikelihoodSum = 0.0

  /// Share of the targets that are each model's likeliest token, 0…1.
  package var accuracy: Double { Double(correct) / Double(targets) }
  package var referenceAccuracy: Double { Double(referenceCorrect) / Double(targets) }

  /// Mean of −log p(target) under each model, nats.
  package var negativeLogLikelihood: Double { negativeLogLikelihoodSum / Double(targets) }
  package var referenceNegativeLogLikelihood: Double { referenceNegativeLogLikelihoodSum / Double(targets) }

  fileprivate mutating func add(_ row: RowEvidence) {
    guard row.target >= 0 else { return }
    targets += 1
    if row.isCorrect { correct += 1 }
    if row.isReferenceCorrect { referenceCorrect += 1 }
    negativeLogLikelihoodSum -= row.policyTargetLogProbability
    referenceNegativeLogLikelihoodSum -= row.referenceTargetLogProbability
  }
}
