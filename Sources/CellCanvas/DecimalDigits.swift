/// The shortest decimal digits that read back to the same number, and their rounding to fewer.
struct DecimalDigits {
  /// Without leading and trailing zeros; empty for zero.
  private(set) var digits: [UInt8] = []
  /// The power of ten of the first digit: 0 for 1.5, -2 for 0.015.
  private(set) var exponent = 0
  let isNegative: Bool

  /// The digits of a finite number.
  init(_ value: Double) {
    isNegative = value < 0
    let text = value.magnitude.description
    let mantissa = text.prefix { $0 != "e" }
    let power = Int(text.dropFirst(mantissa.count + 1)) ?? 0
    for byte in mantissa.utf8 where byte != UInt8(ascii: ".") { digits.append(byte - UInt8(ascii: "0")) }
    let integerPlaces = mantissa.prefix { $0 != "." }.count
    exponent = power + integerPlaces - 1
    let zeros = digits.prefix { $0 == 0 }.count
    digits.removeFirst(zeros)
    exponent = digits.isEmpty ? 0 : exponent - zeros
    dropTrailingZeros()
  }

  /// Keeps `count` digits, at least none, rounding half away from zero.
  mutating func round(toDigits count: Int) {
    guard count < digits.count else { return }
    guard count >= 0 else {
      digits = []
      exponent = 0
      return
    }
    let roundsUp = digits[count] >= 5
    digits.removeLast(digits.count - count)
    if roundsUp { increment() }
    dropTrailingZeros()
    if digits.isEmpty { exponent = 0 }
  }

  /// Keeps `count` digits after the decimal point.
  mutating func round(toDecimals count: Int) {
    if !digits.isEmpty { round(toDigits: exponent + 1 + count) }
  }

  private mutating func increment() {
    while let last = digits.popLast() {
      if last < 9 {
        digits.append(last + 1)
        return
      }
    }
    digits = [1]
    exponent += 1
  }

  private mutating func dropTrailingZeros() {
    while digits.last == 0 { digits.removeLast() }
  }

  /// Digits with a decimal point and at least `decimals` places after it: `-0.0120`.
  func fixed(decimals: Int = 0) -> String {
    var text = isNegative && !digits.isEmpty ? "-" : ""
    if exponent < 0 { text += "0" }
    for place in 0..<max(0, exponent + 1) { text += digit(at: place) }
    let places = max(decimals, digits.count - exponent - 1)
    guard places > 0 else { return text }
    text += "."
    for place in (exponent + 1)..<(exponent + 1 + places) { text += digit(at: place) }
    return text
  }

  /// One digit before the point and an exponent of at least two digits: `1.2e-05`.
  func scientific() -> String {
    var text = isNegative && !digits.isEmpty ? "-" : ""
    text += digit(at: 0)
    if digits.count > 1 { text += "." }
    for place in digits.indices.dropFirst() { text += digit(at: place) }
    let magnitude = exponent.magnitude
    return text + (exponent < 0 ? "e-" : "e+") + (magnitude < 10 ? "0\(magnitude)" : "\(magnitude)")
  }

  private func digit(at place: Int) -> String {
    String(digits.indices.contains(place) ? digits[place] : 0)
  }
}
