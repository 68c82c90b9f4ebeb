internal import RealModule

/// How the rows of a quantity become one number.
enum RowWeighting: Sendable, CaseIterable {
  case rows, perSequence, elements, sum, sequenceMeans, allRows, maximum

  func value(_ cell: QuantityCell, _ sums: ConventionSums) -> Double? {
    let rows = Double(cell.rows)
    return switch self {
    case .rows: cell.total / rows
    case .perSequence: sums.isSequence ? cell.total / Double(sums.samples) : nil
    case .elements: sums.vocabulary > 0 ? cell.total / rows / Double(sums.vocabulary) : nil
    case .sum: cell.total
    case .sequenceMeans: cell.sequences > 1 ? cell.sequenceMeans / Double(cell.sequences) : nil
    case .allRows: sums.quantities.allRows > sums.rows ? cell.total / Double(sums.quantities.allRows) : nil
    case .maximum: cell.greatest
    }
  }

  /// How much a nat in every row is.
  func scale(_ sums: ConventionSums) -> Double {
    switch self {
    case .rows, .sequenceMeans, .allRows, .maximum: 1
    case .perSequence: sums.samples > 0 ? Double(sums.rows) / Double(sums.samples) : 1
    case .elements: sums.vocabulary > 0 ? 1 / Double(sums.vocabulary) : 1
    case .sum: Double(sums.rows)
    }
  }

  /// The divergences under reductions that have names of their own.
  var names: (policyReference: KLConvention, referencePolicy: KLConvention)? {
    switch self {
    case .rows: (.policyReferenceBatchmean, .referencePolicyBatchmean)
    case .perSequence: (.policyReferencePerSequence, .referencePolicyPerSequence)
    case .elements: (.policyReferenceMean, .referencePolicyMean)
    case .sum: (.policyReferenceSum, .referencePolicySum)
    default: nil
    }
  }

  var part: KLConvention? {
    switch self {
    case .sequenceMeans: .sequenceMeans
    case .allRows: .maskedRowsCounted
    case .maximum: .maximum
    default: nil
    }
  }

  /// What a reduction is beside a quantity that has a name of its own.
  var detail: String {
    switch self {
    case .perSequence: "batchmean on [B,T,V]"
    case .elements: "reduction=\"mean\""
    case .sum: "reduction=\"sum\""
    default: ""
    }
  }
}

/// The unit of a divergence.
enum InformationUnit: Sendable, CaseIterable {
  case nats, bits

  /// How much a nat is.
  var factor: Double { self == .bits ? 1 / Double.log(2) : 1 }
}

extension RowChoice {
  var part: (part: KLConvention, detail: String)? {
    switch self {
    case .counted: nil
    case .all: (.maskForgotten, "")
    case .inverted: (.maskInverted, "")
    case .later: (.maskShifted, "one position later")
    case .earlier: (.maskShifted, "one position earlier")
    case .withPrompt: (.promptIncluded, "")
    case .withPadding: (.paddingIncluded, "")
    case .firstSequence: (.firstSequence, "")
    case .lastSequence: (.lastSequence, "")
    case .firstPositions: (.firstTokens, "")
    case .lastPositions: (.lastTokens, "")
    }
  }
}
