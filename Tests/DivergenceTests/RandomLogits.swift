import TestSupport

extension SplitMix64 {
  /// Normal logits with this deviation around this mean.
  mutating func logits(_ count: Int, deviation: Double = 3, mean: Double = 0) -> [Double] {
    (0..<count).map { _ in mean + deviation * normal() }
  }

  /// Logits that moved from these by normal steps of this deviation.
  mutating func moved(_ logits: [Double], deviation: Double) -> [Double] {
    logits.map { $0 + deviation * normal() }
  }
}
