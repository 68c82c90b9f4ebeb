internal import RealModule

/// How far a logged value may be from a computed one.
package struct Tolerance: Sendable, Equatable {
  /// Fraction of the computed value.
  package var relative: Double
  /// Nats a row.
  package var absolute: Double
  /// Half a unit of the last decimal that the log keeps.
  var rounding = 0.0

  /// What float32 leaves of a constant multiple.
  package static let multiple = Tolerance(relative: 1e-4, absolute: 0)
  /// What float32 leaves where log-probabilities are a few nats.
  package static let tight = Tolerance(relative: 1e-5, absolute: 1e-6)
  /// What float32 leaves where logits are large, and rounded logits.
  package static let usual = Tolerance(relative: 2e-4, absolute: 2e-5)
  /// What half precision and noise leave of a single value.
  package static let loose = Tolerance(relative: 0.05, absolute: 2e-5)

  /// The same with a share more.
  package func loosened(by share: Double) -> Tolerance {
    Tolerance(relative: relative + share, absolute: absolute, rounding: rounding)
  }

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

/// What a log rounds the values of a metric to: a number of decimals, or of significant digits.
package enum LoggedRounding: Sendable, Hashable {
  case none
  case decimals(Int)
  case significant(Int)
  /// One of both, which the values do not tell apart.
  case either(decimals: Int, significant: Int)
  /// Values that went through bfloat16 or float16: significant bits.
  case bits(Int)

  /// More decimals or digits than this are no rounding to mention.
  private static let mostDecimals = 8
  private static let mostDigits = 7
  /// Fewer different values could be round by chance, two of so few digits could not.
  private static let fewestValues = 3
  private static let fewDigits = 5
  /// Whole numbers from here on are rounded ones rather than numbers of another kind.
  private static let leastWhole = 100.0

  package init(of values: [Double]) {
    self = .none
    let told = values.filter { $0.isFinite && $0 != 0 }
    let different = Set(told)
    let isFew = different.allSatisfy { DecimalDigitsCount($0).significant <= Self.fewDigits }
    guard different.count >= (isFew ? Self.fewestValues - 1 : Self.fewestValues) else { return }
    if different.allSatisfy({ $0 == $0.rounded() }) {
      if different.allSatisfy({ abs($0) >= Self.leastWhole }) { self = .decimals(-Self.zeros(in: different)) }
      return
    }
    if let bits = RowQuantity.halfBits.first(where: { bits in
      told.allSatisfy { $0.rounded(toBits: bits) == $0 }
    }) {
      self = .bits(bits)
      return
    }
    let digits = told.map { DecimalDigitsCount($0) }
    let decimals = digits.map(\.decimals).max() ?? 0
    let significant = digits.map(\.significant).max() ?? 0
    let isDecimals = decimals <= Self.mostDecimals
    let isSignificant = significant <= Self.mostDigits
    // Nine in ten numbers use the last digit that they may have.
    let usesDecimals = digits.count { $0.decimals == decimals }
    let usesSignificant = digits.count { $0.significant == significant }
    if isDecimals, isSignificant, abs(usesDecimals - usesSignificant) <= 1 {
      self = .either(decimals: decimals, significant: significant)
    } else if isDecimals, !isSignificant || usesDecimals > usesSignificant {
      self = .decimals(decimals)
    } else if isSignificant {
      self = .significant(significant)
    }
  }

  /// Zeros at the end of all of some whole numbers.
  private static func zeros(in values: Set<Double>) -> Int {
    var (count, unit) = (0, 10.0)
    while count < mostDigits, values.allSatisfy({ ($0 / unit).rounded() * unit == $0 }) {
      count += 1
      unit *= 10
    }
    return count
  }

  /// Half a unit of the last digit that is kept of a value.
  package func halfUnit(at value: Double) -> Double {
    switch self {
    case .none: return 0
    case .decimals(let decimals): return 0.5 * Double.pow(10, -Double(decimals))
    case .significant(let digits):
      guard value != 0, value.isFinite else { return 0 }
      return 0.5 * Double.pow(10, Double.log10(abs(value)).rounded(.down) - Double(digits - 1))
    case .either(let decimals, let significant):
      return max(
        Self.decimals(decimals).halfUnit(at: value), Self.significant(significant).halfUnit(at: value))
    case .bits(let bits):
      guard value != 0, value.isFinite else { return 0 }
      return LogitsGrain.unit(bits: bits, value) / 2
    }
  }
}

/// Digits of the shortest text of a number.
private struct DecimalDigitsCount {
  /// Behind the point; 0 or below for whole numbers.
  var decimals: Int
  var significant: Int

  init(_ value: Double) {
    let text = Array(abs(value).description.utf8)
    let end = text.firstIndex(of: UInt8(ascii: "e")) ?? text.count
    let exponent = Int(String(decoding: text[end...].dropFirst(), as: UTF8.self)) ?? 0
    let point = text[..<end].firstIndex(of: UInt8(ascii: ".")) ?? end
    let mantissa = text[..<end].drop { $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: ".") }
    let digits = mantissa.count { $0 != UInt8(ascii: ".") }
    let fraction = max(0, end - point - 1)
    // `2.0` is written for 2.
    let isWhole = fraction == 1 && text[end - 1] == UInt8(ascii: "0")
    decimals = (isWhole ? 0 : fraction) - exponent
    significant = max(1, isWhole ? digits - 1 : digits)
  }
}
