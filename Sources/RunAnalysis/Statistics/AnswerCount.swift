internal import RealModule

/// How many answers some shares are shares of, where only the shares are logged.
enum AnswerCount {
  /// More answers than this are not looked for.
  private static let most = 100_000
  /// Above this share of the unit of the last digit any count fits.
  private static let mostOfUnit = 0.1
  /// Fewer different values than this fit too many counts.
  private static let fewestValues = 4
  /// What float32 leaves of a share.
  private static let float32Unit = 6e-8
  /// What float64 leaves of a share.
  private static let float64Unit = 1e-12

  /// The smallest n for which every value is k/n to within half a unit of the last digit that is logged; `nil` where
  /// the values do not tell one.
  static func inferred(from values: [Double]) -> Int? {
    let values = Set(values)
    guard values.count >= fewestValues, values.allSatisfy({ (0...1).contains($0) }) else { return nil }
    let unit = unit(of: values)
    let limit = min(Double(most), (mostOfUnit / unit).rounded(.down))
    guard limit >= 1 else { return nil }
    // The value that needs the largest denominator comes first: it refuses most counts at once.
    let order = values.sorted { decimals($0) > decimals($1) }
    return (1...Int(limit)).first { fits($0, order, unit: unit) }
  }

  /// True where every value is k/n for this n, as far as the digits that are logged tell.
  static func fits(_ count: Int, _ values: some Collection<Double>) -> Bool {
    fits(count, values, unit: unit(of: values))
  }

  private static func fits(_ count: Int, _ values: some Collection<Double>, unit: Double) -> Bool {
    let count = Double(count)
    return values.allSatisfy { value in
      // Half a unit, and what rounding adds to it.
      abs((value * count).rounded() / count - value) <= unit / 2 * (1 + 1e-6) + 1e-15
    }
  }

  /// Of the last digit that is logged.
  private static func unit(of values: some Collection<Double>) -> Double {
    let digits = values.reduce(0) { max($0, decimals($1)) }
    // More digits than anybody rounds to.
    guard digits > 9 else { return Double.pow(10, -digits) }
    let isFloat32 = values.allSatisfy { Double(Float($0)) == $0 }
    return isFloat32 ? float32Unit : min(float64Unit, Double.pow(10, -digits))
  }

  /// Digits behind the point of the shortest text that reads back to the same float64.
  private static func decimals(_ value: Double) -> Int {
    let text = "\(value)"
    let parts = text.split(separator: "e")
    let exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
    guard let point = parts[0].firstIndex(of: ".") else { return max(0, -exponent) }
    let digits = parts[0][parts[0].index(after: point)...]
    return max(0, (digits == "0" ? 0 : digits.count) - exponent)
  }
}
