internal import RealModule

/// How far a logged value may be from a computed one.
package struct Tolerance: Sendable {
  /// Fraction of the computed value.
  var relative: Double
  /// Nats a row.
  var absolute: Double
  /// Half a unit of the last decimal that the log keeps.
  var rounding = 0.0

  /// What float32 leaves where log-probabilities are a few nats.
  package static let tight = Tolerance(relative: 1e-5, absolute: 1e-6)
  /// What float32 leaves where logits are large, and rounded logits.
  package static let usual = Tolerance(relative: 2e-4, absolute: 2e-5)
  /// What half precision and noise leave of a single value.
  package static let loose = Tolerance(relative: 0.05, absolute: 2e-5)

  package func rounded(_ rounding: Double) -> Tolerance {
    Tolerance(relative: relative, absolute: absolute, rounding: rounding)
  }

  /// - Parameter scale: how much a nat in every row is in the values' unit.
  package func accepts(_ logged: Double, _ computed: Double, scale: Double) -> Bool {
    guard logged.isFinite, computed.isFinite else {
      return logged == computed || logged.isNaN && computed.isNaN
    }
    return abs(logged - computed) <= relative * abs(computed) + absolute * scale + rounding
  }
}

/// Decimals that a log keeps of a metric.
package enum DecimalRounding {
  /// More decimals than this are no rounding to mention.
  private static let mostDecimals = 8
  /// Fewer different values could be round by chance.
  private static let fewestValues = 3

  /// Half a unit of the last decimal of values that were rounded; 0 where they were not.
  package static func halfUnit(of values: [Double]) -> Double {
    // Whole numbers are rather numbers of another kind than rounded ones.
    guard Set(values).count >= fewestValues, values.contains(where: { $0 != $0.rounded() }) else { return 0 }
    for decimals in 1...mostDecimals {
      let unit = Double.pow(10, Double(decimals))
      let areRound = values.allSatisfy { value in
        let scaled = value * unit
        return abs(scaled - scaled.rounded()) <= 1e-12 * max(1, abs(scaled))
      }
      if areRound { return 0.5 / unit }
    }
    return 0
  }
}
