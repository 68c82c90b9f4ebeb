internal import RealModule

/// One way in which a KL may have been computed at a step.
package struct ConventionCandidate: Sendable {
  /// What is not as it should be, the name of the divergence first; the right convention alone where nothing is.
  package var parts: [KLConvention]
  /// What the names leave out: a temperature, a bound, how many entries; else empty.
  package var detail = ""
  /// How much has to be assumed: 0 of the right one, about 1 for each mistake.
  package var cost: Double
  /// What it would have logged; `nil` where that is not known.
  package var value: @Sendable (ConventionSums) -> Double?
  /// What is computed in another order may be off by this share.
  package var slack = 0.0
  /// How much a nat in every row is in its unit: rounding scales with it.
  package var scale: @Sendable (ConventionSums) -> Double = { _ in 1 }

  package init(
    _ parts: [KLConvention], detail: String = "", cost: Double,
    value: @escaping @Sendable (ConventionSums) -> Double?
  ) {
    self.parts = parts
    self.detail = detail
    self.cost = cost
    self.value = value
  }

  /// True for the arithmetic of a type that the logits themselves may be stored in.
  package var isHalfPrecision: Bool { parts.contains(.halfPrecision) }

  package var isRight: Bool { parts == [.policyReferenceBatchmean] }

  func fits(_ logged: Double, _ sums: ConventionSums, _ tolerance: Tolerance) -> Bool {
    guard let value = value(sums) else { return false }
    return tolerance.accepts(logged, value, scale: scale(sums))
  }

  /// Every way that is tried, the simplest first.
  package static let all = (plain + others).enumerated().sorted {
    ($0.element.cost, $0.offset) < ($1.element.cost, $1.offset)
  }.map(\.element)
}

// MARK: - Of what, over which rows, weighted how

/// What a row is taken for.
private struct Quantity: Sendable {
  /// `nil` for the divergences themselves.
  var part: KLConvention?
  var isSwapped = false
  var detail = ""
  var cost: Double
  /// What is computed in another order may be off by this share.
  var slack = 0.0
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

private enum Weighting: Sendable, CaseIterable {
  case rows, bits, perSequence, elements, sum, sequenceMeans, allRows, maximum

  func value(_ cell: QuantityCell, _ sums: ConventionSums) -> Double? {
    let rows = Double(cell.rows)
    return switch self {
    case .rows: cell.total / rows
    case .bits: cell.total / rows / Double.log(2)
    case .perSequence: sums.isSequence ? cell.total / Double(sums.samples) : nil
    case .elements: sums.vocabulary > 0 ? cell.total / rows / Double(sums.vocabulary) : nil
    case .sum: cell.total
    case .sequenceMeans: cell.sequences > 1 ? cell.sequenceMeans / Double(cell.sequences) : nil
    case .allRows: sums.quantities.allRows > sums.rows ? cell.total / Double(sums.quantities.allRows) : nil
    case .maximum: cell.greatest
    }
  }

  func scale(_ sums: ConventionSums) -> Double {
    switch self {
    case .rows, .sequenceMeans, .allRows, .maximum: 1
    case .bits: 1 / Double.log(2)
    case .perSequence: sums.samples > 0 ? Double(sums.rows) / Double(sums.samples) : 1
    case .elements: sums.vocabulary > 0 ? 1 / Double(sums.vocabulary) : 1
    case .sum: Double(sums.rows)
    }
  }

  /// The divergences under reductions that have names of their own.
  var names: (policyReference: KLConvention, referencePolicy: KLConvention)? {
    switch self {
    case .rows: (.policyReferenceBatchmean, .referencePolicyBatchmean)
    case .bits: (.policyReferenceBits, .referencePolicyBits)
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
    case .bits: "in bits"
    case .perSequence: "batchmean on [B,T,V]"
    case .elements: "reduction=\"mean\""
    case .sum: "reduction=\"sum\""
    default: ""
    }
  }
}

extension RowChoice {
  fileprivate var part: (part: KLConvention, detail: String)? {
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

extension ConventionCandidate {
  private init?(_ quantity: Quantity, _ choice: RowChoice, _ weighting: Weighting) {
    var parts: [KLConvention] = []
    var details = [quantity.detail]
    var cost = quantity.cost
    if weighting != .rows { cost += 1 }
    if let (part, detail) = choice.part {
      parts.append(part)
      details.append(detail)
      cost += 1
    }
    if let part = weighting.part { parts.append(part) }
    if let part = quantity.part {
      parts.insert(part, at: 0)
      details.append(weighting.detail)
    } else if let names = weighting.names ?? Weighting.rows.names {
      let name = quantity.isSwapped ? names.referencePolicy : names.policyReference
      // The right divergence is no mistake to name.
      if name != .policyReferenceBatchmean || parts.isEmpty { parts.insert(name, at: 0) }
    }
    // More than two mistakes explain anything.
    guard cost < 2.7 else { return nil }
    self.init(
      parts, detail: details.filter { !$0.isEmpty }.joined(separator: ", "), cost: cost
    ) { sums in
      var result = 0.0
      for term in quantity.terms {
        guard let cell = sums.quantities.cell(place: term.place, choice),
          let value = weighting.value(cell, sums)
        else {
          return nil
        }
        result += value * term.weight
      }
      return result
    }
    slack = quantity.slack
    scale = { weighting.scale($0) }
  }

  private static let divergences = [
    Quantity(nil, .policyReference, cost: 0), Quantity(nil, .referencePolicy, swapped: true),
  ]

  /// Both directions under every reduction: known from any logits.
  package static let plain: [ConventionCandidate] = [Weighting.rows, .perSequence, .elements, .sum, .bits]
    .flatMap { weighting in divergences.compactMap { ConventionCandidate($0, .counted, weighting) } }
    .sorted { $0.cost < $1.cost }

  /// What can be taken over any choice of rows.
  private static let measured: [Quantity] =
    divergences + [
      Quantity(.crossEntropy, .crossEntropy, detail: "of the policy under the reference"),
      Quantity(.crossEntropy, .crossEntropySwapped, detail: "of the reference under the policy"),
      Quantity(.labelLoss, .labelLoss), Quantity(.entropy, .policyEntropy, detail: "of the policy"),
      Quantity(.k1OfLabels, .labelK1), Quantity(.k2OfLabels, .labelK2), Quantity(.k3OfLabels, .labelK3),
      Quantity(.k1OfLabels, [(.labelK1, -1)], detail: "log π_θ0 − log π_θ"),
      Quantity(.clamped, .rowsClamped, detail: "rows at ±10", cost: 1.1),
      Quantity(.clamped, .rowsClampedSwapped, detail: "rows at ±10, arguments swapped", cost: 2),
      Quantity(
        .symmetric, [(.policyReference, 0.5), (.referencePolicy, 0.5)], detail: "mean of both directions"),
      Quantity(.symmetric, [(.policyReference, 1), (.referencePolicy, 1)], detail: "sum of both directions"),
      Quantity(.negative, [(.policyReference, -1)]),
      Quantity(.negative, [(.referencePolicy, -1)], detail: "of D(reference‖policy)", cost: 1.9),
    ]

  private static let fromLogits: [Quantity] = {
    var all = [
      Quantity(.jensenShannon, .jensenShannon),
      Quantity(.probabilitiesAsInput, .probabilitiesAsInput),
      Quantity(.probabilitiesAsInput, .probabilitiesAsInputSwapped, detail: "arguments swapped", cost: 1.5),
      Quantity(.logTargetWronglySet, .logTargetWronglySet),
      Quantity(.logTargetWronglySet, .logTargetWronglySetSwapped, detail: "arguments swapped", cost: 1.5),
      Quantity(.elementsClamped, .elementsClamped),
      Quantity(.elementsClamped, .elementsClampedSwapped, detail: "arguments swapped", cost: 1.5),
      Quantity(.softmaxOverTime, .alongTime), Quantity(.softmaxOverBatch, .alongBatch),
      Quantity(.softmaxOverBatch, .alongRows, detail: "over all rows"),
      Quantity(.otherSequences, .otherSequence(by: -1)), Quantity(.otherSequences, .otherSequence(by: 1)),
      Quantity(.previousCheckpoint, .previousPolicy),
    ]
    for by in [1, -1] {
      for atReference in [false, true] {
        let side =
          by > 0 ? "the reference's row is one position later" : "the reference's row is one position earlier"
        all.append(
          Quantity(
            .tokensShifted, .shifted(by: by, maskedAtReference: atReference, swapped: false), detail: side))
        all.append(
          Quantity(
            .tokensShifted, .shifted(by: by, maskedAtReference: atReference, swapped: true),
            detail: side + ", arguments swapped", cost: 1.9))
      }
    }
    for bits in RowQuantity.halfBits {
      let type = bits == 8 ? "bfloat16" : "float16"
      let kinds: [(RowQuantity.HalfArithmetic, String)] = [
        (.logits, "logits in \(type)"), (.logProbabilities, "log_softmax in \(type)"),
        (.elements, "kl_div in \(type)"), (.targets, "kl_div in \(type)"),
        (.elementSums, "kl_div in \(type)"), (.targetSums, "kl_div in \(type)"),
      ]
      all += kinds.map { kind, detail in
        var quantity = Quantity(.halfPrecision, .half(kind, bits: bits), detail: detail, cost: 1.2)
        // Another order of operations rounds some entries elsewhere.
        if kind != .logits { quantity.slack = bits == 8 ? 3e-3 : 4e-4 }
        return quantity
      }
    }
    for k in RowQuantity.topCounts {
      let kinds: [(RowQuantity.TopEntriesKind, KLConvention, String, Double)] = [
        (.ofPolicy, .topKRenormalised, "the policy's", 1.1),
        (.ofReference, .topKRenormalised, "the reference's", 1.2),
        (.partOfPolicy, .topKPart, "the policy's", 1.3),
        (.ofPolicySwapped, .topKRenormalised, "arguments swapped, the policy's", 1.8),
        (.ofReferenceSwapped, .topKRenormalised, "arguments swapped, the reference's", 1.8),
      ]
      all += kinds.map { kind, part, whose, cost in
        Quantity(part, .topEntries(k: k, kind), detail: "\(whose) \(k) likeliest", cost: cost)
      }
    }
    for (index, temperature) in RowQuantity.temperatures.enumerated() {
      let text = "T = \(SentenceNumber.text(temperature))"
      all += [
        Quantity(.temperature, .temperature(index, .both), detail: text, cost: 1.1),
        Quantity(
          .temperature, .temperature(index, .policyAlone), detail: text + " for the policy alone", cost: 1.2),
        Quantity(
          .temperature, .temperature(index, .referenceAlone), detail: text + " for the reference alone",
          cost: 1.2),
        Quantity(
          .temperature, .temperature(index, .bothSwapped), detail: text + ", arguments swapped", cost: 1.8),
        // As distillation has it, so that gradients keep their size.
        Quantity(
          .temperature, [(.temperature(index, .both), temperature * temperature)],
          detail: text + ", times T²",
          cost: 1.3),
      ]
    }
    return all
  }()

  private static let others: [ConventionCandidate] = {
    var all = estimators
    all.append(
      ConventionCandidate([.policyReferenceBatchmean], detail: "mean of the means of batches", cost: 0.2) {
        $0.meanOfRecords
      })
    for quantity in measured {
      for choice in RowChoice.allCases {
        for weighting in Weighting.allCases {
          let isPlain = quantity.part == nil && choice == .counted && Weighting.plain.contains(weighting)
          if isPlain { continue }
          if let candidate = ConventionCandidate(quantity, choice, weighting) { all.append(candidate) }
        }
      }
    }
    for quantity in fromLogits {
      all += Weighting.allCases.compactMap { ConventionCandidate(quantity, .counted, $0) }
    }
    return all
  }()
}

extension Weighting {
  fileprivate static let plain: [Weighting] = [.rows, .perSequence, .elements, .sum, .bits]
}

// MARK: - Of sampled tokens

extension ConventionCandidate {
  private init(
    _ part: KLConvention, _ detail: String = "", cost: Double = 1,
    token mean: @escaping @Sendable (TokenEvidence) -> Double?
  ) {
    self.init([part], detail: detail, cost: cost) { $0.tokens.flatMap(mean) }
  }

  private static let estimators: [ConventionCandidate] = {
    let kinds: [(KLConvention, TokenSums.Estimator)] = [(.k1, .k1), (.k2, .k2), (.k3, .k3)]
    var all: [ConventionCandidate] = kinds.map { part, kind in
      ConventionCandidate(part, cost: 0.9) { $0.sums.counted(kind).map { $0.total / Double($0.rows) } }
    }
    all += kinds.flatMap { part, kind in
      [
        ConventionCandidate(part, "summed over a sequence", cost: 1.1) {
          $0.sums.counted(kind).flatMap { $0.sequences > 0 ? $0.total / Double($0.sequences) : nil }
        },
        ConventionCandidate(part, "mean of the means of sequences", cost: 1.1) {
          $0.sums.counted(kind).flatMap { $0.sequences > 1 ? $0.sequenceMeans / Double($0.sequences) : nil }
        },
        ConventionCandidate(part, "times −1", cost: 1.5) {
          $0.sums.counted(kind).map { -$0.total / Double($0.rows) }
        },
      ]
    }
    for (part, kind) in kinds {
      var candidate = ConventionCandidate(part, cost: 1.9) { tokens in
        tokens.sums.all(kind).map { $0.total / Double($0.rows) }
      }
      candidate.parts.append(.maskForgotten)
      all.append(candidate)
    }
    all += [
      ConventionCandidate(.clamped, "k1 at 0", cost: 1.1) { max(0, $0.k1.mean) },
      ConventionCandidate(.clamped, "k1 of each token at 0", cost: 1.1) {
        $0.clamped.k1AboveZero / Double($0.tokens)
      },
      ConventionCandidate(.clamped, "k1 of each token at ±10", cost: 1.1) {
        $0.clamped.k1 / Double($0.tokens)
      },
      ConventionCandidate(.clamped, "k2 of each token at ±10", cost: 1.1) {
        $0.clamped.k2 / Double($0.tokens)
      },
      ConventionCandidate(.clamped, "k3 of each token at ±10", cost: 1.1) {
        $0.clamped.k3 / Double($0.tokens)
      },
    ]
    return all
  }()
}
