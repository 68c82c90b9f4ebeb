#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Divergences as they are defined, in float64, to compare with.
package enum LogitsMath {
  package static func exp(_ x: Double) -> Double {
    #if canImport(Glibc)
      Glibc.exp(x)
    #else
      Darwin.exp(x)
    #endif
  }

  package static func log(_ x: Double) -> Double {
    #if canImport(Glibc)
      Glibc.log(x)
    #else
      Darwin.log(x)
    #endif
  }

  package static func logSoftmax(_ row: some Collection<Double>) -> [Double] {
    let maximum = row.max() ?? 0
    let logMass = maximum + log(row.reduce(0) { $0 + exp($1 - maximum) })
    return row.map { $0 - logMass }
  }

  /// D(P‖Q) of softmaxes, nats.
  package static func divergence(_ policy: some Collection<Double>, _ reference: some Collection<Double>)
    -> Double
  {
    zip(logSoftmax(policy), logSoftmax(reference)).reduce(0) { $0 + exp($1.0) * ($1.0 - $1.1) }
  }

  /// D(P‖Q) of every row of `size` entries.
  package static func divergences(_ policy: [Double], _ reference: [Double], rowSize size: Int) -> [Double] {
    stride(from: 0, to: policy.count, by: size).map {
      divergence(policy[$0..<$0 + size], reference[$0..<$0 + size])
    }
  }
}

extension SplitMix64 {
  /// Normal logits with this deviation.
  package mutating func normals(_ count: Int, deviation: Double = 3) -> [Double] {
    (0..<count).map { _ in deviation * normal() }
  }
}
