internal import Divergence
package import LogitsFiles

extension PromptRows {
  /// The rows of an evaluation, which were reduced where the logits were.
  package init(_ evaluation: RowsEvaluation) throws(LogitsFileProblem) {
    var texts = RowsTexts(directory: "")
    let file = try evaluation.measured(texts: &texts)
    let samples = file.parts.flatMap { part in part.samples.map { (set: part.probe?.set, sample: $0) } }
    self.init(
      names: samples.map { "\($0.set.map { "\($0)/" } ?? "")\($0.sample.name.label)" },
      positions: samples.map(\.sample.rows.count).max() ?? 1, vocabulary: file.vocabulary)
    for (number, sample) in samples.map(\.sample).enumerated() {
      guard let stretch = sample.rows.file else { continue }
      for index in 0..<sample.rows.count {
        rows.append(
          ComparedRow(
            row: number * positions + index, row: stretch.first + index, of: stretch.rows,
            sample.rows[index]))
      }
    }
  }
}

extension ComparedRow {
  /// - Parameters:
  ///   - place: among the rows of the report.
  ///   - row: in the file.
  fileprivate init(row place: Int, row: Int, of file: RowsFile, _ measured: RowEvidence) {
    let flags = file.flags(row)
    self.init(
      row: place,
      divergence: RowDivergence(
        policyReference: measured.policyReference, referencePolicy: measured.referencePolicy,
        policyEntropy: measured.policyEntropy, referenceEntropy: measured.referenceEntropy,
        policyArgmax: measured.policyTop, referenceArgmax: measured.referenceTop,
        masksDiffer: measured.masksDiffer, totalVariation: file.totalVariation(row)),
      target: measured.target >= 0 ? measured.target : nil,
      targetLogProbabilities: measured.target >= 0
        ? (measured.policyTargetLogProbability, measured.referenceTargetLogProbability) : nil,
      givesNaNInTorch: flags.contains(.maskedInBoth) || flags.contains(.notANumber))
  }
}
