internal import RealModule

/// A number as it stands in a sentence.
package enum SentenceNumber {
  /// Three significant digits, all digits in front of the point.
  package static func text(_ value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "NaN" : value > 0 ? "Infinity" : "-Infinity" }
    guard value != 0 else { return "0" }
    let decimals = 2 - Double.log10(abs(value)).rounded(.down)
    // Divided by a power of ten above 1, which is exact: multiplying by its reciprocal would round twice.
    let unit = decimals > 0 ? Double.pow(10, decimals) : 1
    let rounded = (value * unit).rounded() / unit
    let text = rounded.isFinite ? "\(rounded)" : "\(value)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
