/// What a row is taken for.
struct CandidateQuantity: Sendable {
  /// `nil` for the divergences themselves.
  var part: KLConvention?
  var isSwapped = false
  var detail = ""
  var cost: Double
  /// What is computed in another order may be off by this share.
  var slack = 0.0
  var precision = ConventionCandidate.Precision.single
  /// Sums of quantities, by their places, that are added with a weight each.
  var terms: [(place: Int, weight: Double)]

  init(
    _ part: KLConvention?, _ quantity: RowQuantity, swapped: Bool = false, detail: String = "",
    cost: Double = 1
  ) {
    self.part = part
    isSwapped = swapped
    self.detail = detail
    self.cost = cost
    terms = [(quantity.place, 1)]
  }

  init(_ part: KLConvention, _ terms: [(RowQuantity, Double)], detail: String = "", cost: Double = 1) {
    self.part = part
    self.detail = detail
    self.cost = cost
    self.terms = terms.map { ($0.0.place, $0.1) }
  }
}

extension CandidateQuantity {
  static let divergences = [
    CandidateQuantity(nil, .policyReference, cost: 0),
    CandidateQuantity(nil, .referencePolicy, swapped: true),
  ]

  /// What can be taken over any choice of rows.
  static let measured: [CandidateQuantity] =
    divergences + [
      CandidateQuantity(.crossEntropy, .crossEntropy, detail: "of the policy under the reference"),
      CandidateQuantity(.crossEntropy, .crossEntropySwapped, detail: "of the reference under the policy"),
      CandidateQuantity(.labelLoss, .labelLoss),
      CandidateQuantity(.entropy, .policyEntropy, detail: "of the policy"),
      CandidateQuantity(.k1OfLabels, .labelK1), CandidateQuantity(.k2OfLabels, .labelK2),
      CandidateQuantity(.k3OfLabels, .labelK3),
      CandidateQuantity(.k1OfLabels, [(.labelK1, -1)], detail: "log π_θ0 − log π_θ"),
      CandidateQuantity(.clamped, .rowsClamped, detail: "rows at ±10", cost: 1.1),
      CandidateQuantity(.clamped, .rowsClampedSwapped, detail: "rows at ±10, arguments swapped", cost: 2),
      CandidateQuantity(
        .symmetric, [(.policyReference, 0.5), (.referencePolicy, 0.5)], detail: "mean of both directions"),
      CandidateQuantity(
        .symmetric, [(.policyReference, 1), (.referencePolicy, 1)], detail: "sum of both directions"),
      CandidateQuantity(.negative, [(.policyReference, -1)]),
      CandidateQuantity(.negative, [(.referencePolicy, -1)], detail: "of D(reference‖policy)", cost: 1.9),
    ]
}

/// What takes the logits themselves, over the rows that count.
extension CandidateQuantity {
  static let fromLogits: [CandidateQuantity] =
    misuses + shiftedTokens + halfPrecisions + topEntries + temperatures

  private static let misuses: [CandidateQuantity] = [
    CandidateQuantity(.jensenShannon, .jensenShannon),
    CandidateQuantity(.probabilitiesAsInput, .probabilitiesAsInput),
    CandidateQuantity(
      .probabilitiesAsInput, .probabilitiesAsInputSwapped, detail: "arguments swapped", cost: 1.5),
    CandidateQuantity(.logTargetWronglySet, .logTargetWronglySet),
    CandidateQuantity(
      .logTargetWronglySet, .logTargetWronglySetSwapped, detail: "arguments swapped", cost: 1.5),
    CandidateQuantity(.elementsClamped, .elementsClamped),
    CandidateQuantity(.elementsClamped, .elementsClampedSwapped, detail: "arguments swapped", cost: 1.5),
    CandidateQuantity(.softmaxOverTime, .alongTime), CandidateQuantity(.softmaxOverBatch, .alongBatch),
    CandidateQuantity(.softmaxOverBatch, .alongRows, detail: "over all rows"),
    CandidateQuantity(.otherSequences, .otherSequence(by: -1)),
    CandidateQuantity(.otherSequences, .otherSequence(by: 1)),
    CandidateQuantity(.previousCheckpoint, .previousPolicy),
  ]

  private static let shiftedTokens: [CandidateQuantity] = [1, -1].flatMap { by in
    [false, true].flatMap { atReference in
      let side =
        by > 0 ? "the reference's row is one position later" : "the reference's row is one position earlier"
      return [
        CandidateQuantity(
          .tokensShifted, .shifted(by: by, maskedAtReference: atReference, swapped: false), detail: side),
        CandidateQuantity(
          .tokensShifted, .shifted(by: by, maskedAtReference: atReference, swapped: true),
          detail: side + ", arguments swapped", cost: 1.9),
      ]
    }
  }

  private static let halfPrecisions: [CandidateQuantity] = RowQuantity.halfBits.flatMap { bits in
    RowQuantity.HalfArithmetic.all.map { half($0, bits: bits) }
  }

  private static func half(_ kind: RowQuantity.HalfArithmetic, bits: Int) -> CandidateQuantity {
    let type = bits == 8 ? "bfloat16" : "float16"
    let what =
      switch kind {
      case .logits: "logits"
      case .logProbabilities: "log_softmax"
      case .elements, .elementSums, .targets, .targetSums: "kl_div"
      }
    var quantity = CandidateQuantity(
      .halfPrecision, .half(kind, bits: bits), detail: "\(what) in \(type)", cost: 1.2)
    quantity.precision = kind == .logits ? .roundedLogits : .half
    // Another order of operations rounds some entries elsewhere.
    switch kind {
    case .logits: break
    case .logProbabilities(.processor): quantity.slack = 1e-5
    case .elements(.processor), .elementSums(.processor), .targets(.processor), .targetSums(.processor):
      quantity.slack = bits == 8 ? 3e-4 : 4e-5
    default: quantity.slack = bits == 8 ? 3e-3 : 4e-4
    }
    return quantity
  }

  private static let topEntries: [CandidateQuantity] = RowQuantity.topCounts.flatMap { k in
    let kinds: [(RowQuantity.TopEntriesKind, KLConvention, String, Double)] = [
      (.ofPolicy, .topKRenormalised, "the policy's", 1.1),
      (.ofReference, .topKRenormalised, "the reference's", 1.2),
      (.partOfPolicy, .topKPart, "the policy's", 1.3),
      (.ofPolicySwapped, .topKRenormalised, "arguments swapped, the policy's", 1.8),
      (.ofReferenceSwapped, .topKRenormalised, "arguments swapped, the reference's", 1.8),
    ]
    return kinds.map { kind, part, whose, cost in
      CandidateQuantity(part, .topEntries(k: k, kind), detail: "\(whose) \(k) likeliest", cost: cost)
    }
  }

  private static let temperatures: [CandidateQuantity] = RowQuantity.temperatures.enumerated().flatMap {
    index, temperature in
    let text = "T = \(SentenceNumber.text(temperature))"
    return [
      CandidateQuantity(.temperature, .temperature(index, .both), detail: text, cost: 1.1),
      CandidateQuantity(
        .temperature, .temperature(index, .policyAlone), detail: text + " for the policy alone", cost: 1.2),
      CandidateQuantity(
        .temperature, .temperature(index, .referenceAlone), detail: text + " for the reference alone",
        cost: 1.2),
      CandidateQuantity(
        .temperature, .temperature(index, .bothSwapped), detail: text + ", arguments swapped", cost: 1.8),
      // As distillation has it, so that gradients keep their size.
      CandidateQuantity(
        .temperature, [(.temperature(index, .both), temperature * temperature)],
        detail: text + ", times T²", cost: 1.3),
    ]
  }
}
