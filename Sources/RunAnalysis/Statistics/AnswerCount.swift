internal import RealModule

/// How many answers some shares are shares of, where only the shares are logged.
enum AnswerCount {
  /// More answers than this are not looked for.
  private static let most = 100_000
  /// Above this share of the unit of the last digit any count fits.
  private static let mostOfUnit = 0.1
  /// Fewer different values than this fit too many counts, unless all digits of float64 are there.
  private static let fewestValues = 4
  private static let fewestExactValues = 2
  /// Digits that nobody rounds to.
  private static let exactUnit = 1e-12
  /// What float32 leaves of a share, and of a percentage.
  private static let float32Unit = 6e-8
  private static let float32PercentUnit = 8e-8
  /// Values that share a factor by chance are rarer than this.
  private static let chance = 1.0 / 30
  /// Of so few digits most counts below the true one do not fit.
  private static let coarsestDigits = 3
  /// What float64 leaves of a share.
  private static let float64Unit = 1e-12

  /// The smallest n for which every value is k/n to within half a unit of the last digit that is logged; `nil` where
  /// the values do not tell one.
  ///
  /// - Parameters:
  ///   - values: as they stand in the log.
  ///   - scale: what a share of 1 is logged as: 1, or 100 for percent.
  static func inferred(from values: [Double], scale: Double = 1) -> Int? {
    let logged = Set(values)
    // Shares of so many answers have no more different values than that.
    guard logged.count <= most + 1, logged.allSatisfy({ (0...scale).contains($0) }) else { return nil }
    if let count = whole(logged, scale: scale) { return count }
    let unit = unit(of: logged, scale: scale)
    guard logged.count >= (unit < exactUnit ? fewestExactValues : fewestValues) else { return nil }
    let limit = min(Double(most), (mostOfUnit / unit).rounded(.down))
    return smallest(fitting: logged, scale: scale, unit: unit, limit: limit)
  }

  private static func smallest(
    fitting values: Set<Double>, scale: Double, unit: Double, limit: Double
  ) -> Int? {
    guard limit >= 1 else { return nil }
    // The value that needs the largest denominator comes first: it refuses most counts at once.
    let order = values.sorted { decimals($0) > decimals($1) }.map { $0 / scale }
    return (1...Int(limit)).first { fits($0, order, unit: unit) }
  }

  /// A lower bound of the number of answers, of values with so few digits that they tell no more: the smallest n for
  /// which every value is k/n as far as its digits tell; the true n fits, so it is no smaller.
  static func bound(of values: [Double], scale: Double = 1) -> Int? {
    let logged = Set(values)
    guard logged.count >= fewestValues, logged.allSatisfy({ (0...scale).contains($0) }) else { return nil }
    let unit = unit(of: logged, scale: scale)
    guard unit >= Double.pow(10, -coarsestDigits) * (1 - rounding) else { return nil }
    return smallest(fitting: logged, scale: scale, unit: unit, limit: (1 / unit).rounded())
  }

  /// What float64 leaves of a power of ten.
  private static let rounding = 1e-9

  /// The fewest answers that a mean over the batches of an evaluation can be of, where it looks like a share of `count`:
  /// k batches of b answers, the last one of r, give multiples of 1/(k·lcm(b, r)). `count` where no batches of a power
  /// of two do.
  static func fewest(inBatchesOf count: Int) -> Int {
    var fewest = count
    for batch in (1...9).map({ 1 << $0 }) {
      for last in 1..<batch {
        let together = batch / commonFactor(batch, last) * last
        guard count % together == 0, count / together >= 2 else { continue }
        fewest = min(fewest, (count / together - 1) * batch + last)
      }
    }
    return fewest
  }

  /// True where the values have more digits than anybody rounds to.
  static func hasAllDigits(_ values: [Double]) -> Bool {
    values.contains { decimals($0) > mostRoundedDigits }
  }

  /// Nobody rounds to more digits.
  private static let mostRoundedDigits = 9

  /// The count where few digits are all that there is: shares of 500 have three, and the last one is always even.
  private static func whole(_ logged: Set<Double>, scale: Double) -> Int? {
    let digits = logged.reduce(0) { max($0, decimals($1)) }
    guard digits <= 6 else { return nil }
    let all = Int(Double.pow(10, digits) * scale)
    let parts = logged.map { Int(($0 * Double.pow(10, digits)).rounded()) }
    let factor = parts.reduce(all, commonFactor)
    let telling = parts.count { $0 != 0 && $0 != all }
    guard factor > 1, telling >= fewestValues, Double.pow(Double(factor), -Double(telling)) < chance else {
      return nil
    }
    return all / factor
  }

  /// Euclid's.
  private static func commonFactor(_ left: Int, _ right: Int) -> Int {
    right == 0 ? left : commonFactor(right, left % right)
  }

  /// True where every value is k/n for this n, as far as the digits that are logged tell.
  static func fits(_ count: Int, _ values: [Double], scale: Double = 1) -> Bool {
    fits(count, values.map { $0 / scale }, unit: unit(of: values, scale: scale))
  }

  private static func fits(_ count: Int, _ shares: [Double], unit: Double) -> Bool {
    let count = Double(count)
    return shares.allSatisfy { share in
      // Half a unit, and what rounding adds to it.
      abs((share * count).rounded() / count - share) <= unit / 2 * (1 + 1e-6) + 1e-15
    }
  }

  /// Of the last digit that is logged, as a share.
  private static func unit(of values: some Collection<Double>, scale: Double) -> Double {
    let digits = values.reduce(0) { max($0, decimals($1)) }
    guard digits > mostRoundedDigits else { return Double.pow(10, -digits) / scale }
    let isFloat32 = values.allSatisfy { Double(Float($0)) == $0 }
    return isFloat32
      ? (scale > 1 ? float32PercentUnit : float32Unit) : min(float64Unit, Double.pow(10, -digits) / scale)
  }

  /// Digits behind the point of the shortest text that reads back to the same float64.
  private static func decimals(_ value: Double) -> Int {
    let text = Array(value.description.utf8)
    let end = text.firstIndex(of: UInt8(ascii: "e")) ?? text.count
    let exponent = Int(String(decoding: text[end...].dropFirst(), as: UTF8.self)) ?? 0
    let point = text[..<end].firstIndex(of: UInt8(ascii: ".")) ?? end
    let digits = text[point..<end].dropFirst()
    return max(0, (digits.elementsEqual([UInt8(ascii: "0")]) ? 0 : digits.count) - exponent)
  }
}
