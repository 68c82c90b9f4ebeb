import Foundation

/// The quantities of a row straight from their definitions, in float64: slow, obvious, and independent.
struct ExactRow {
  let policyReference: Double
  let referencePolicy: Double
  let policyEntropy: Double
  let referenceEntropy: Double
  let totalVariation: Double

  init(_ policy: [Double], _ reference: [Double]) {
    let logP = Self.logSoftmax(policy), logQ = Self.logSoftmax(reference)
    policyReference = Self.divergence(logP, logQ)
    referencePolicy = Self.divergence(logQ, logP)
    policyEntropy = Self.entropy(logP)
    referenceEntropy = Self.entropy(logQ)
    totalVariation = zip(logP, logQ).map { abs(exp($0) - exp($1)) }.reduce(0, +) / 2
  }

  private static func logSoftmax(_ logits: [Double]) -> [Double] {
    guard let maximum = logits.max(), maximum.isFinite, !logits.contains(where: \.isNaN) else {
      return logits.map { _ in .nan }
    }
    let logMass = log(logits.map { exp($0 - maximum) }.reduce(0, +))
    return logits.map { ($0 - maximum) - logMass }
  }

  /// Σ P log(P/Q), where P = 0 adds nothing even beside Q = 0.
  private static func divergence(_ logP: [Double], _ logQ: [Double]) -> Double {
    zip(logP, logQ).map { exp($0) == 0 ? 0 : exp($0) * ($0 - $1) }.reduce(0, +)
  }

  private static func entropy(_ logP: [Double]) -> Double {
    logP.map { exp($0) == 0 ? 0 : -exp($0) * $0 }.reduce(0, +)
  }
}
