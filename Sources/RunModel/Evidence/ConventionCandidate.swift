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

  /// How much of it was computed in half precision.
  package var precision = Precision.single

  package enum Precision: Sendable {
    /// Nothing.
    case single
    /// The logits alone were rounded, which logits stored in that type do not tell.
    case roundedLogits
    /// All of it, which is reproduced to the last bit but for the order of sums.
    case half
  }

  package var isRight: Bool { parts.count == 1 && parts[0] == .policyReferenceBatchmean }

  func fits(_ logged: Double, _ sums: ConventionSums, _ tolerance: Tolerance) -> Bool {
    guard let value = value(sums) else { return false }
    return tolerance.accepts(logged, value, scale: scale(sums))
  }

  /// Every way that is tried, the simplest first.
  package static let all = (plain + others).enumerated().sorted {
    ($0.element.cost, $0.offset) < ($1.element.cost, $1.offset)
  }.map(\.element)
}
