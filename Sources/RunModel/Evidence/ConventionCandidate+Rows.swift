/// Candidates from rows: what of each, which of them, weighted how, in which unit.
extension ConventionCandidate {
  /// More than two mistakes explain anything.
  private static let greatestCost = 2.7

  private init?(
    _ quantity: CandidateQuantity, _ choice: RowChoice, _ weighting: RowWeighting, _ unit: InformationUnit
  ) {
    let cost =
      quantity.cost + (weighting == .rows ? 0 : 1) + (choice == .counted ? 0 : 1) + (unit == .nats ? 0 : 1)
    guard cost < Self.greatestCost else { return nil }
    let (parts, details) = Self.names(quantity, choice, weighting, unit)
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
      return result * unit.factor
    }
    slack = quantity.slack
    precision = quantity.precision
    scale = { weighting.scale($0) * unit.factor }
  }

  /// What is not as it should be, and what these names leave out.
  private static func names(
    _ quantity: CandidateQuantity, _ choice: RowChoice, _ weighting: RowWeighting, _ unit: InformationUnit
  ) -> (parts: [KLConvention], details: [String]) {
    var parts = [choice.part?.part, weighting.part].compactMap(\.self)
    var details = [quantity.detail, choice.part?.detail ?? ""]
    if let part = quantity.part {
      parts.insert(part, at: 0)
      details += [weighting.detail, unit == .bits ? "in bits" : ""]
      return (parts, details)
    }
    let isNamed = weighting.names != nil
    var name: KLConvention? =
      quantity.isSwapped
      ? (weighting.names ?? RowWeighting.rows.names)?.referencePolicy : weighting.names?.policyReference
    if unit == .bits {
      if weighting == .rows {
        name = quantity.isSwapped ? .referencePolicyBits : .policyReferenceBits
      } else if !quantity.isSwapped, !isNamed {
        name = .policyReferenceBits
      } else {
        details.append("in bits")
      }
    }
    // The right divergence is no mistake to name.
    if let name, name != .policyReferenceBatchmean || parts.isEmpty { parts.insert(name, at: 0) }
    return (parts, details)
  }

  /// Both directions under every reduction, in nats or bits: known from any logits.
  package static let plain: [ConventionCandidate] = plainKinds.map { weighting, unit in
    CandidateQuantity.divergences.compactMap { ConventionCandidate($0, .counted, weighting, unit) }
  }.flatMap(\.self).sorted { $0.cost < $1.cost }

  private static let plainKinds: [(RowWeighting, InformationUnit)] = [
    (.rows, .nats), (.perSequence, .nats), (.elements, .nats), (.sum, .nats), (.rows, .bits),
  ]

  static let others: [ConventionCandidate] = {
    var all = estimators
    all.append(
      ConventionCandidate([.policyReferenceBatchmean], detail: "mean of the means of batches", cost: 0.2) {
        $0.meanOfRecords
      })
    for unit in InformationUnit.allCases {
      for weighting in RowWeighting.allCases {
        let isPlain = plainKinds.contains { $0 == (weighting, unit) }
        for quantity in CandidateQuantity.measured {
          for choice in RowChoice.allCases where !(isPlain && quantity.part == nil && choice == .counted) {
            if let candidate = ConventionCandidate(quantity, choice, weighting, unit) {
              all.append(candidate)
            }
          }
        }
        all += CandidateQuantity.fromLogits.compactMap {
          ConventionCandidate($0, .counted, weighting, unit)
        }
      }
    }
    return all
  }()
}
