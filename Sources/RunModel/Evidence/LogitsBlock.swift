internal import RealModule

/// Logits of both models for the sequences of one record: B × T × V, row-major.
struct LogitsBlock {
  var samples: Int
  var positions: Int
  var vocabulary: Int
  var policy: [Double]
  var reference: [Double]
  /// B × T, which rows count.
  var mask: [Bool]
  /// B × T, −1 for none; empty without targets.
  var targets: [Int]
  /// The policy's logits of the same tokens at the evaluation before; `nil` where they are not known.
  var previousPolicy: [Double]?
  /// What the logits were rounded to where they were stored.
  var grain = LogitsGrain.none

  var rows: Int { samples * positions }
  var entries: Int { rows * vocabulary }
}

/// What stored logits were rounded to.
enum LogitsGrain: Sendable, Hashable {
  case none
  /// Significant bits: 8 of bfloat16, 11 of float16.
  case bits(Int)
  /// Decimals that a log keeps.
  case decimals(Int)

  /// The narrowest type that holds all of some numbers.
  init(of values: [Double]) {
    let finite = values.lazy.filter { $0.isFinite && $0 != 0 }.prefix(4096)
    guard finite.count >= 8 else {
      self = .none
      return
    }
    if let bits = RowQuantity.halfBits.first(where: { bits in
      finite.allSatisfy { $0.rounded(toBits: bits) == $0 }
    }) {
      self = .bits(bits)
      return
    }
    for decimals in 1...5 {
      let unit = Double.pow(10, Double(decimals))
      if finite.allSatisfy({ abs(($0 * unit).rounded() - $0 * unit) < 1e-6 }) {
        self = .decimals(decimals)
        return
      }
    }
    self = .none
  }

  /// The distance of neighbouring numbers at a value.
  func unit(at value: Double) -> Double {
    switch self {
    case .none: 0
    case .bits(let bits): value == 0 || !value.isFinite ? 0 : Self.unit(bits: bits, value)
    case .decimals(let decimals): Double.pow(10, -Double(decimals))
    }
  }

  static func unit(bits: Int, _ value: Double) -> Double {
    // float16 has no exponent below −14.
    let exponent = bits == 11 ? max(Int(value.exponent), -14) : Int(value.exponent)
    return Double.exp2(Double(exponent - bits + 1))
  }
}

extension Double {
  /// The nearest number with some significant bits.
  func rounded(toBits bits: Int) -> Double {
    guard isFinite, self != 0 else { return self }
    let unit = LogitsGrain.unit(bits: bits, self)
    return (self / unit).rounded(.toNearestOrEven) * unit
  }
}
