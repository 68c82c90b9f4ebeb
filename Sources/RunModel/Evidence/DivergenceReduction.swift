internal import RealModule

/// What the sum of the divergences of all rows was divided by.
enum DivergenceReduction: Sendable, CaseIterable {
  case batchmean
  case perSequence
  case mean
  case sum
  case bits

  /// The divisor for rows like these; `nil` where the reduction says nothing else than another one, or is not known.
  func divisor(_ sums: ConventionSums) -> Double? {
    guard sums.rows > 0 else { return nil }
    return switch self {
    case .batchmean: Double(sums.rows)
    case .perSequence: sums.isSequence ? Double(sums.samples) : nil
    case .mean: sums.vocabulary > 0 ? Double(sums.rows) * Double(sums.vocabulary) : nil
    case .sum: 1
    case .bits: Double(sums.rows) * Double.log(2)
    }
  }
}
