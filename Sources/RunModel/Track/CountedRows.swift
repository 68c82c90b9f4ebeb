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
