/// Numbers as the screen shows them.
package enum NumberText {
  /// A number in few columns: whole numbers below 10^15 in full digits, others rounded to `significant` digits, with an
  /// exponent below 10^-4 and from 10^6 on: `0.0312`, `12.3`, `1.2e-05`.
  ///
  /// Digits before the decimal point are never rounded away below 10^6; zeros at the end are left out.
  package static func short(_ value: Double, significant: Int = 3) -> String {
    guard value.isFinite else { return nonFinite(value) }
    if value.magnitude < 1e15, value == value.rounded(.towardZero) { return String(Int(value)) }
    var digits = DecimalDigits(value)
    digits.round(toDigits: max(1, significant, min(digits.exponent + 1, 6)))
    return (-4..<6).contains(digits.exponent) ? digits.fixed() : digits.scientific()
  }

  /// The same in at most `columns` columns, with as many digits as they have room for; `nil` where that is none.
  ///
  /// A number is never cut: without its end it is another one.
  package static func short(_ value: Double, columns: Int, significant: Int = 3) -> String? {
    let text = short(value, significant: significant)
    if text.count <= columns { return text }
    guard value.isFinite else { return nil }
    return stride(from: significant, to: 0, by: -1).lazy.map { count in
      var digits = DecimalDigits(value)
      digits.round(toDigits: count)
      return digits.scientific()
    }
    .first { $0.count <= columns }
  }

  /// A number with exactly `decimals` digits after the point, for columns and values that must not jump.
  package static func fixed(_ value: Double, decimals: Int) -> String {
    guard value.isFinite else { return nonFinite(value) }
    var digits = DecimalDigits(value)
    digits.round(toDecimals: max(0, decimals))
    return digits.fixed(decimals: max(0, decimals))
  }

  /// A number with its sign, for differences: `+0.66`, `-0.66`; nothing before zero.
  package static func signed(_ value: Double, decimals: Int) -> String {
    let text = fixed(value, decimals: decimals)
    let isZero = text.allSatisfy { $0 == "0" || $0 == "." }
    return value > 0 && !isZero ? "+" + text : text
  }

  static func nonFinite(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    return value < 0 ? "-∞" : "∞"
  }
}
