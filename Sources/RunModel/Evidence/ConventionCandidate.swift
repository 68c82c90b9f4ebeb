/// One way in which a KL may have been computed.
package struct ConventionCandidate: Sendable {
  package var convention: KLConvention
  /// What the convention's name leaves out: a temperature, a bound, a second mistake; else empty.
  package var detail = ""
  /// What it would have logged; `nil` where that is not known.
  package var value: @Sendable (ConventionSums) -> Double?
  /// How much a nat in every row is in its unit: rounding scales with it.
  package var scale: @Sendable (ConventionSums) -> Double

  package init(
    convention: KLConvention, detail: String = "", value: @escaping @Sendable (ConventionSums) -> Double?,
    scale: @escaping @Sendable (ConventionSums) -> Double
  ) {
    self.convention = convention
    self.detail = detail
    self.value = value
    self.scale = scale
  }

  func fits(_ logged: Double, _ sums: ConventionSums, _ tolerance: Tolerance) -> Bool {
    guard let value = value(sums) else { return false }
    return tolerance.accepts(logged, value, scale: scale(sums))
  }

  /// Every way that is tried, the simplest first.
  package static let all = plain + estimators + misuses + temperatures + clamps
}

extension ConventionCandidate {
  private typealias Sum = @Sendable (ConventionSums) -> Double?

  private init(
    _ convention: KLConvention, _ detail: String = "", reduction: DivergenceReduction, sum: @escaping Sum
  ) {
    self.init(
      convention: convention, detail: detail,
      value: { sums in
        guard let sum = sum(sums), let divisor = reduction.divisor(sums) else { return nil }
        return sum / divisor
      },
      scale: { sums in reduction.divisor(sums).map { Double(sums.rows) / $0 } ?? 1 })
  }

  private init(
    _ convention: KLConvention, _ detail: String = "",
    token mean: @escaping @Sendable (MeasuredTokens) -> Double
  ) {
    self.init(
      convention: convention, detail: detail, value: { $0.estimates.map(mean) }, scale: { _ in 1 })
  }

  /// Both directions under every reduction: known from any logits.
  package static let plain: [ConventionCandidate] = {
    let names: [(DivergenceReduction, KLConvention, KLConvention)] = [
      (.batchmean, .policyReferenceBatchmean, .referencePolicyBatchmean),
      (.perSequence, .policyReferencePerSequence, .referencePolicyPerSequence),
      (.mean, .policyReferenceMean, .referencePolicyMean),
      (.sum, .policyReferenceSum, .referencePolicySum),
      (.bits, .policyReferenceBits, .referencePolicyBits),
    ]
    var right = names.map { reduction, name, _ in
      ConventionCandidate(name, reduction: reduction) { $0.policyReference }
    }
    let swapped = names.map { reduction, _, name in
      ConventionCandidate(name, reduction: reduction) { $0.referencePolicy }
    }
    // A swap alone is a simpler mistake than another reduction.
    right.insert(swapped[0], at: 1)
    return right + swapped.dropFirst()
  }()

  private static let estimators = [
    ConventionCandidate(.k1) { $0.k1.mean },
    ConventionCandidate(.k2) { $0.k2.mean },
    ConventionCandidate(.k3) { $0.k3.mean },
  ]

  private static let misuses: [ConventionCandidate] = {
    let reductions: [(DivergenceReduction, String)] = [
      (.batchmean, ""), (.mean, "reduction=\"mean\""), (.sum, "reduction=\"sum\""),
      (.perSequence, "batchmean on [B,T,V]"),
    ]
    let kinds: [(KLConvention, String, Sum)] = [
      (.probabilitiesAsInput, "", { $0.misuse?.probabilitiesAsInput }),
      (.logTargetWronglySet, "", { $0.misuse?.logTargetWronglySet }),
      (.probabilitiesAsInput, "arguments swapped", { $0.misuse?.probabilitiesAsInputSwapped }),
      (.logTargetWronglySet, "arguments swapped", { $0.misuse?.logTargetWronglySetSwapped }),
    ]
    return reductions.flatMap { reduction, name in
      kinds.map { convention, swapped, sum in
        let detail = [swapped, name].filter { !$0.isEmpty }.joined(separator: ", ")
        return ConventionCandidate(convention, detail, reduction: reduction, sum: sum)
      }
    }
  }()

  private static let temperatures: [ConventionCandidate] = {
    let plain = MisuseSums.temperatures.enumerated().map { index, temperature in
      ConventionCandidate(.temperature, "T = \(SentenceNumber.text(temperature))", reduction: .batchmean) {
        $0.misuse?.atTemperatures[index]
      }
    }
    // As distillation has it, so that gradients keep their size.
    let scaled = MisuseSums.temperatures.enumerated().map { index, temperature in
      ConventionCandidate(
        .temperature, "T = \(SentenceNumber.text(temperature)), times T²", reduction: .batchmean
      ) {
        $0.misuse.map { $0.atTemperatures[index] * temperature * temperature }
      }
    }
    return plain + scaled
  }()

  private static let clamps: [ConventionCandidate] = [
    ConventionCandidate(.clamped, "rows at ±10", reduction: .batchmean) { $0.clampedPolicyReference },
    ConventionCandidate(.clamped, "k1 at 0") { max(0, $0.k1.mean) },
    ConventionCandidate(.clamped, "k1 of each token at 0") { $0.clamped.k1AboveZero / Double($0.tokens) },
    ConventionCandidate(.clamped, "k1 of each token at ±10") { $0.clamped.k1 / Double($0.tokens) },
    ConventionCandidate(.clamped, "k2 of each token at ±10") { $0.clamped.k2 / Double($0.tokens) },
    ConventionCandidate(.clamped, "k3 of each token at ±10") { $0.clamped.k3 / Double($0.tokens) },
    ConventionCandidate(.clamped, "rows at ±10, arguments swapped", reduction: .batchmean) {
      $0.clampedReferencePolicy
    },
  ]
}
