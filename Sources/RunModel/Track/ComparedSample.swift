internal import Divergence
package import LogitsFiles

/// The rows of one sample of one record, measured: one row, or one for each token position the mask leaves.
package struct ComparedSample: Sendable {
  package var name: SampleName
  package let rows: RowEvidenceList
  /// What rows that were measured here looked like, for the probability bars; empty once it was let go to save memory,
  /// and where a rows file has it.
  package var pictures: [TopProbabilities]
  package var origin: SampleOrigin
  /// What was asked, and the texts of tokens; nil where no rows file tells.
  package var texts: SampleTexts?
  /// Mean of D(policy‖reference) over the rows, NaN without rows.
  package let meanPolicyReference: Double

  package init(
    name: SampleName, rows: RowEvidenceList, pictures: [TopProbabilities], origin: SampleOrigin = .log
  ) {
    self.name = name
    self.rows = rows
    self.pictures = pictures
    self.origin = origin
    meanPolicyReference = rows.indices.reduce(0) { $0 + rows.policyReference($1) } / Double(rows.count)
  }

  /// What a row looks like; nil where that was let go.
  package func picture(ofRow row: Int) -> TopProbabilities? {
    if let file = rows.file, rows.indices.contains(row) {
      return TopProbabilities(row: file.first + row, of: file.rows, vocabulary: texts?.vocabulary)
    }
    return pictures.indices.contains(row) ? pictures[row] : nil
  }

  /// True where rows can be drawn.
  package var hasPictures: Bool { rows.file != nil || !pictures.isEmpty }

  /// Text at a row: of rows files the token that came; nil where nothing tells it.
  package func token(ofRow row: Int) -> String? {
    guard rows.file != nil else { return pictures.indices.contains(row) ? pictures[row].token : nil }
    return rows.indices.contains(row) ? texts?.vocabulary?.text(of: rows[row].target) : nil
  }
}

/// What was asked of a sample, and the texts of its tokens.
package struct SampleTexts: Sendable {
  package var vocabulary: TokenVocabulary?
  package var probe: RowsProbes.Probe?

  package init(vocabulary: TokenVocabulary?, probe: RowsProbes.Probe?) {
    self.vocabulary = vocabulary
    self.probe = probe
  }

  /// The text of a token; nil where it is not known.
  package func text(of token: Int) -> String? { vocabulary?.text(of: token) }

  /// The text in front of the first token that counts; nil where it is not known.
  package var prompt: String? {
    guard let vocabulary, let probe else { return nil }
    return vocabulary.text(of: probe.tokens[..<probe.start])
  }
}

/// Where logits came from: of several sources of one sample the first of these counts.
package enum SampleOrigin: Int, Sendable, Hashable, CaseIterable {
  /// They stand in the log itself.
  case log
  /// A record names their file.
  case namedFile
  /// A file of the run's `logits` folder.
  case folder
  /// A rows file.
  case rows

  static let count = allCases.count
}

/// One row of logits of both models, measured; everything in nats.
package struct RowEvidence: Sendable, Hashable {
  /// Token position, 0 where the sample is not a sequence.
  package var position: Int
  /// D(π_θ‖π_θ0).
  package var policyReference: Double
  /// D(π_θ0‖π_θ).
  package var referencePolicy: Double
  package var policyEntropy: Double
  package var referenceEntropy: Double
  /// Index of the likeliest entry of the policy, −1 where there is none.
  package var policyTop: Int
  /// Index of the likeliest entry of the reference, −1 where there is none.
  package var referenceTop: Int
  /// True where some entry is −∞ in exactly one of the models.
  package var masksDiffer: Bool
  /// Index of the right class, −1 where the log names none.
  package var target = -1
  /// Log-probability of the right class under each model, nats; NaN without one.
  package var policyTargetLogProbability = Double.nan
  package var referenceTargetLogProbability = Double.nan
  /// The policy's log-probability of the right class minus that of the likeliest other one, nats; NaN without one, and
  /// where nothing tells the other one.
  package var policyMargin = Double.nan

  init(_ row: RowDivergence, position: Int) {
    self.position = position
    policyReference = row.policyReference
    referencePolicy = row.referencePolicy
    policyEntropy = row.policyEntropy
    referenceEntropy = row.referenceEntropy
    policyTop = row.policyArgmax
    referenceTop = row.referenceArgmax
    masksDiffer = row.masksDiffer
  }

  /// True where both models have the same likeliest entry.
  package var sameTop1: Bool { policyTop >= 0 && policyTop == referenceTop }

  /// True where the policy's likeliest entry is the right one.
  package var isCorrect: Bool { target >= 0 && policyTop == target }

  /// True where the reference's likeliest entry is the right one.
  package var isReferenceCorrect: Bool { target >= 0 && referenceTop == target }

  /// Notes the right class and its log-probability under each model.
  mutating func setTarget(_ target: Int, policy: Double, reference: Double) {
    self.target = target
    policyTargetLogProbability = policy
    referenceTargetLogProbability = reference
  }
}
